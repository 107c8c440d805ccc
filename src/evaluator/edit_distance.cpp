#include "evaluator/edit_distance.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace assay::evaluator {
namespace {

using Word = std::uint64_t;
constexpr std::size_t kBits = 64;

/// Drops what both begin and end with. Returns how much that was.
std::size_t drop_common_ends(Sequence& a, Sequence& b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  a = a.subspan(front);
  b = b.subspan(front);
  std::size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  a = a.first(a.size() - back);
  b = b.first(b.size() - back);
  return front + back;
}

/// For each symbol of the pattern the places where it stands, as bits. Sparse: a symbol has only the words
/// that hold one of its places, so that a long pattern of many symbols takes no more memory than places.
class Places {
 public:
  explicit Places(Sequence pattern) : blocks_((pattern.size() + kBits - 1) / kBits) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      std::vector<Entry>& entries = bits_[pattern[i]];
      if (entries.empty() || entries.back().block != i / kBits) entries.push_back({i / kBits, 0});
      entries.back().bits |= Word{1} << (i % kBits);
    }
    dense_.resize(blocks_);
  }

  std::size_t blocks() const { return blocks_; }

  /// One word per block for `symbol`; valid until the next call.
  const std::vector<Word>& of(std::uint32_t symbol) {
    for (const Entry& entry : *shown_) dense_[entry.block] = 0;
    const auto found = bits_.find(symbol);
    shown_ = found == bits_.end() ? &kNone : &found->second;
    for (const Entry& entry : *shown_) dense_[entry.block] = entry.bits;
    return dense_;
  }

 private:
  struct Entry {
    std::size_t block;
    Word bits;
  };
  inline static const std::vector<Entry> kNone;
  std::size_t blocks_;
  std::unordered_map<std::uint32_t, std::vector<Entry>> bits_;
  std::vector<Word> dense_;
  const std::vector<Entry>* shown_ = &kNone;
};

bool too_many_steps(Sequence a, Sequence b) {
  return static_cast<std::uint64_t>((a.size() + kBits - 1) / kBits) * b.size() > kMaxBitSteps;
}

/// Differences between neighbouring cells of one column: bit i is the step from cell i to cell i + 1.
struct Column {
  Word plus = ~Word{0};
  Word minus = 0;
};

}  // namespace

// Myers 1999 in the block form of Hyyrö 2003.
std::optional<std::size_t> edit_distance(Sequence a, Sequence b) {
  drop_common_ends(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty()) return b.size();
  if (too_many_steps(a, b)) return std::nullopt;
  Places places(a);
  std::vector<Column> columns(places.blocks());
  const Word last_bit = Word{1} << ((a.size() - 1) % kBits);
  std::size_t distance = a.size();
  for (const std::uint32_t symbol : b) {
    const std::vector<Word>& matches = places.of(symbol);
    Word carry_plus = 1;  // the row above the first: each symbol of b costs one more
    Word carry_minus = 0;
    for (std::size_t block = 0; block < columns.size(); ++block) {
      Column& column = columns[block];
      const Word match = matches[block] | carry_minus;
      const Word diagonal = (((match & column.plus) + column.plus) ^ column.plus) | match | column.minus;
      Word plus = column.minus | ~(diagonal | column.plus);
      Word minus = diagonal & column.plus;
      if (block + 1 == columns.size()) {
        if ((plus & last_bit) != 0) ++distance;
        if ((minus & last_bit) != 0) --distance;
      }
      const Word next_plus = plus >> (kBits - 1);
      const Word next_minus = minus >> (kBits - 1);
      plus = (plus << 1U) | carry_plus;
      minus = (minus << 1U) | carry_minus;
      column.plus = minus | ~((matches[block] | column.minus | diagonal) | plus);
      column.minus = plus & (matches[block] | column.minus | diagonal);
      carry_plus = next_plus;
      carry_minus = next_minus;
    }
  }
  return distance;
}

// Hyyrö 2004: the bits that are 0 at the end are the length.
std::optional<std::size_t> common_subsequence(Sequence a, Sequence b) {
  const std::size_t common = drop_common_ends(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (a.empty()) return common;
  if (too_many_steps(a, b)) return std::nullopt;
  Places places(a);
  std::vector<Word> row(places.blocks(), ~Word{0});
  for (const std::uint32_t symbol : b) {
    const std::vector<Word>& matches = places.of(symbol);
    Word carry = 0;
    for (std::size_t block = 0; block < row.size(); ++block) {
      const Word hit = row[block] & matches[block];
      const Word sum = row[block] + hit;
      const Word with_carry = sum + carry;
      carry = static_cast<Word>(sum < hit) | static_cast<Word>(with_carry < sum);
      row[block] = with_carry | (row[block] - hit);
    }
  }
  std::size_t length = common;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((row[i / kBits] >> (i % kBits) & 1U) == 0) ++length;
  }
  return length;
}

std::optional<Edits> edits(Sequence reference, Sequence answer) {
  drop_common_ends(reference, answer);
  if (static_cast<std::uint64_t>(reference.size()) * answer.size() > kMaxCells) return std::nullopt;
  // Of an alignment, cost and substitutions are enough: deletions less insertions is the difference in
  // length.
  struct Cell {
    std::uint32_t cost = 0;
    std::uint32_t substitutions = 0;
  };
  const auto better = [](const Cell& a, const Cell& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.substitutions > b.substitutions;
  };
  std::vector<Cell> row(answer.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i].cost = static_cast<std::uint32_t>(i);
  for (std::size_t r = 0; r < reference.size(); ++r) {
    Cell diagonal = row[0];
    row[0] = {.cost = static_cast<std::uint32_t>(r + 1), .substitutions = 0};
    for (std::size_t i = 0; i < answer.size(); ++i) {
      Cell best = diagonal;
      if (reference[r] != answer[i]) {
        ++best.cost;
        ++best.substitutions;
      }
      diagonal = row[i + 1];
      for (Cell other : {row[i], row[i + 1]}) {
        ++other.cost;
        if (better(other, best)) best = other;
      }
      row[i + 1] = best;
    }
  }
  const Cell& end = row.back();
  Edits result;
  result.substitutions = end.substitutions;
  const std::size_t others = end.cost - end.substitutions;
  // others = D + I and reference − answer = D − I.
  const std::size_t both = others + reference.size();
  result.deletions = (both - answer.size()) / 2;
  result.insertions = others - result.deletions;
  return result;
}

}  // namespace assay::evaluator
