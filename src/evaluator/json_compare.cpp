#include "evaluator/json_compare.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/json_pointer.h"

namespace assay::evaluator {
namespace {

/// Comparisons of two nodes. In fixed order there are as many as expected nodes; in any order up to the
/// product of the lengths, so two arrays of 5,000 elements still get through and a hostile pair ends after
/// about a second.
constexpr std::uint64_t kMaxComparisons = 30'000'000;

bool is_number(JsonKind kind) {
  return kind == JsonKind::integer || kind == JsonKind::decimal;
}

using Members = std::vector<std::pair<std::string, std::uint32_t>>;

class Comparison {
 public:
  Comparison(const JsonTree& expected, const JsonTree& answer, const JsonRules& rules)
      : expected_(expected), answer_(answer), rules_(rules) {}

  JsonDifference run() {
    const bool same = equal(0, 0);
    if (steps_ > kMaxComparisons)
      return {.outcome = JsonOutcome::limit, .reason = "too long to compare in any order"};
    if (same) return {};
    return {.outcome = JsonOutcome::different, .reason = std::move(reason_)};
  }

 private:
  bool equal(std::uint32_t e, std::uint32_t a) {
    if (++steps_ > kMaxComparisons) return false;
    if (is_ignored()) return true;
    const JsonKind wanted = expected_.nodes[e].kind;
    const JsonKind got = answer_.nodes[a].kind;
    const bool numbers = rules_.by_value && is_number(wanted) && is_number(got);
    if (wanted != got && !numbers) {
      return differ(fmt::format("expected {}, got {}", name_of(wanted), name_of(got)));
    }
    switch (wanted) {
      case JsonKind::object: return equal_objects(e, a);
      case JsonKind::array: return rules_.any_order ? equal_in_any_order(e, a) : equal_arrays(e, a);
      case JsonKind::string: return equal_strings(e, a) || differ_values(e, a);
      case JsonKind::integer:
      case JsonKind::decimal: return equal_numbers(e, a) || differ_values(e, a);
      case JsonKind::boolean:
      case JsonKind::null: return expected_.source(e) == answer_.source(a) || differ_values(e, a);
    }
    return false;
  }

  bool equal_strings(std::uint32_t e, std::uint32_t a) const {
    const bool plain = !expected_.nodes[e].escaped && !answer_.nodes[a].escaped;
    return plain ? expected_.source(e) == answer_.source(a) : expected_.string_at(e) == answer_.string_at(a);
  }

  bool equal_numbers(std::uint32_t e, std::uint32_t a) const {
    if (expected_.source(e) == answer_.source(a)) return true;
    const std::optional<Decimal> wanted = decimal_from(expected_.source(e));
    const std::optional<Decimal> got = decimal_from(answer_.source(a));
    if (!wanted || !got) return false;  // an exponent beyond the limit equals only the same text
    if (rules_.tolerance.is_zero()) return *wanted == *got;
    const bool less = evaluator::compare(*got, *wanted) < 0;
    return sign_of_sum({{.value = &*got, .minus = less},
                        {.value = &*wanted, .minus = !less},
                        {.value = &rules_.tolerance, .minus = true}}) <= 0;
  }

  /// Names and values in the order written; of equal names the last counts, at the place of the first.
  static Members members_of(const JsonTree& tree, std::uint32_t object) {
    Members members;
    std::unordered_map<std::string, std::size_t> places;
    for (std::uint32_t name = object + 1; name < tree.nodes[object].next; name = tree.nodes[name + 1].next) {
      std::string text = tree.string_at(name);
      const auto [place, fresh] = places.try_emplace(text, members.size());
      if (fresh)
        members.emplace_back(std::move(text), name + 1);
      else
        members[place->second].second = name + 1;
    }
    return members;
  }

  bool equal_objects(std::uint32_t e, std::uint32_t a) {
    const Members wanted = members_of(expected_, e);
    const Members got = members_of(answer_, a);
    std::unordered_map<std::string_view, std::uint32_t> by_name;
    for (const auto& [name, value] : got) by_name.emplace(name, value);
    for (const auto& [name, value] : wanted) {
      const Step step(*this, name);
      const auto found = by_name.find(name);
      if (found == by_name.end()) {
        if (!is_ignored()) return differ("missing");
      } else {
        if (!equal(value, found->second)) return false;
        by_name.erase(found);
      }
    }
    return rules_.ignore_extra || no_other_names(got, by_name);
  }

  bool no_other_names(const Members& got, const std::unordered_map<std::string_view, std::uint32_t>& others) {
    if (others.empty()) return true;
    for (const auto& [name, value] : got) {
      if (!others.contains(name)) continue;
      const Step step(*this, name);
      if (!is_ignored()) return differ("not expected");
    }
    return true;
  }

  static std::vector<std::uint32_t> elements_of(const JsonTree& tree, std::uint32_t array) {
    std::vector<std::uint32_t> elements;
    for (std::uint32_t i = array + 1; i < tree.nodes[array].next; i = tree.nodes[i].next)
      elements.push_back(i);
    return elements;
  }

  bool equal_arrays(std::uint32_t e, std::uint32_t a) {
    const std::vector<std::uint32_t> wanted = elements_of(expected_, e);
    const std::vector<std::uint32_t> got = elements_of(answer_, a);
    const std::size_t common = std::min(wanted.size(), got.size());
    for (std::size_t i = 0; i < common; ++i) {
      const Step step(*this, i);
      if (!equal(wanted[i], got[i])) return false;
    }
    return same_length(wanted.size(), got.size());
  }

  bool same_length(std::size_t wanted, std::size_t got) {
    for (std::size_t i = std::min(wanted, got); i < std::max(wanted, got); ++i) {
      const Step step(*this, i);
      if (!is_ignored()) return differ(wanted > got ? "missing" : "not expected");
    }
    return true;
  }

  // Every expected element needs a partner of its own. With a tolerance, or parts that do not count, an
  // element can fit several, and taking the first that fits can leave a later one without; so partners are
  // re-arranged along augmenting paths (Kuhn's algorithm).
  bool equal_in_any_order(std::uint32_t e, std::uint32_t a) {
    const std::vector<std::uint32_t> wanted = elements_of(expected_, e);
    const std::vector<std::uint32_t> got = elements_of(answer_, a);
    std::vector<int> partner(got.size(), -1);  // index of the expected element that has it
    std::vector<std::vector<std::size_t>> fits(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Step step(*this, i);
      if (is_ignored()) continue;
      const bool single_choice = fit(wanted[i], got, partner, fits[i]);
      if (steps_ > kMaxComparisons) return false;
      if (single_choice) {
        partner[fits[i].back()] = static_cast<int>(i);
        continue;
      }
      std::vector<bool> seen(got.size(), false);
      if (!place(static_cast<int>(i), fits, partner, seen)) return differ("missing, in any order");
    }
    for (std::size_t i = 0; i < got.size() && wanted.size() < got.size(); ++i) {
      if (partner[i] >= 0) continue;
      const Step step(*this, i);
      if (!is_ignored()) return differ("not expected");
    }
    return true;
  }

  /// Fills `choices` with the answer's elements that equal `e`. Where equality is exact the first free one
  /// will do: true, and it is the last choice.
  bool fit(std::uint32_t e, const std::vector<std::uint32_t>& got, const std::vector<int>& partner,
           std::vector<std::size_t>& choices) {
    const bool exact = rules_.tolerance.is_zero() && rules_.ignore.empty() && !rules_.ignore_extra;
    const std::size_t length = pointer_.size();
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (exact && partner[i] >= 0) continue;
      const bool same = equal(e, got[i]);
      pointer_.resize(length);
      if (!same) continue;
      choices.push_back(i);
      if (exact) return true;
    }
    return false;
  }

  /// Recursion is as deep as the path is long, at most the number of elements that have been compared.
  bool place(int i, const std::vector<std::vector<std::size_t>>& fits, std::vector<int>& partner,
             std::vector<bool>& seen) {
    for (const std::size_t choice : fits[static_cast<std::size_t>(i)]) {
      if (++steps_ > kMaxComparisons) return false;
      if (seen[choice]) continue;
      seen[choice] = true;
      if (partner[choice] < 0 || place(partner[choice], fits, partner, seen)) {
        partner[choice] = i;
        return true;
      }
    }
    return false;
  }

  bool is_ignored() const {
    return !rules_.ignore.empty() &&
           std::find(rules_.ignore.begin(), rules_.ignore.end(), pointer_) != rules_.ignore.end();
  }

  bool differ(std::string what) {
    const std::string place = pointer_.empty() ? "the value" : pointer_;
    reason_ = fmt::format("{}: {}", place, what);
    return false;
  }

  bool differ_values(std::uint32_t e, std::uint32_t a) {
    return differ(fmt::format("expected {}, got {}", brief(expected_.source(e)), brief(answer_.source(a))));
  }

  static std::string brief(std::string_view text) {
    const std::string in_quotes = as_quoted(text);
    return in_quotes.substr(1, in_quotes.size() - 2);
  }

  /// One step down while it lives.
  class Step {
   public:
    Step(Comparison& owner, std::string_view name) : pointer_(owner.pointer_), length_(pointer_.size()) {
      pointer_ += pointer_step(name);
    }
    Step(Comparison& owner, std::size_t index) : pointer_(owner.pointer_), length_(pointer_.size()) {
      pointer_ += fmt::format("/{}", index);
    }
    ~Step() { pointer_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& pointer_;
    std::size_t length_;
  };

  const JsonTree& expected_;
  const JsonTree& answer_;
  const JsonRules& rules_;
  std::string pointer_;
  std::string reason_;
  std::uint64_t steps_ = 0;
};

}  // namespace

JsonDifference compare(const JsonTree& expected, const JsonTree& answer, const JsonRules& rules) {
  return Comparison(expected, answer, rules).run();
}

}  // namespace assay::evaluator
