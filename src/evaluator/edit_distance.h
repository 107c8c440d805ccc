// How far two sequences lie apart: edit distance and longest common subsequence, of code points or of words
// that have become numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace assay::evaluator {

using Sequence = std::span<const std::uint32_t>;

/// Steps of 64 cells that the two functions below may take: two texts of 130,000 symbols, about a second.
constexpr std::uint64_t kMaxBitSteps = 270'000'000;

/// Levenshtein's distance with unit costs. Time |a| × |b| / 64 after what both begin and end with is gone.
/// Absent: that would be more than kMaxBitSteps.
std::optional<std::size_t> edit_distance(Sequence a, Sequence b);

/// Length of the longest common subsequence. Time and limit as above.
std::optional<std::size_t> common_subsequence(Sequence a, Sequence b);

/// What turns `reference` into `answer`.
struct Edits {
  std::size_t substitutions = 0;
  std::size_t deletions = 0;   ///< of the reference, missing in the answer
  std::size_t insertions = 0;  ///< only in the answer
  std::size_t total() const { return substitutions + deletions + insertions; }
};

/// Cells that edits() and other tables of two texts may fill: two of 10,000 symbols.
constexpr std::uint64_t kMaxCells = 100'000'000;

/// The fewest edits; among equally few those with the most substitutions. Absent: more than kMaxCells.
std::optional<Edits> edits(Sequence reference, Sequence answer);

}  // namespace assay::evaluator
