// regex as a filter: a group of a match.
#include "evaluator/filters.h"

#include <charconv>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/pattern.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

struct RegexRules {
  std::optional<std::size_t> group;  ///< absent: the first that took part, else the whole match
  long pick = 0;                     ///< counted from 0; -1 is the last
  bool whole_without = false;
};

class RegexFilter final : public TextFilter {
 public:
  RegexFilter(Pattern pattern, RegexRules rules) : pattern_(std::move(pattern)), rules_(rules) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    StepBudget budget = pattern_.budget(text);
    std::optional<GroupSpan> chosen;
    long count = 0;
    for (std::size_t from = 0; from <= text.size();) {
      const MatchResult result = pattern_.match(text, from, budget);
      if (result.state == MatchState::limit) return Filtered::gave_up(result.trouble);
      if (result.state == MatchState::none) break;
      chosen = span_of(result.match);
      if (count++ == rules_.pick) return part(text, chosen);
      from = behind(text, result.match, from);
    }
    const bool is_last = rules_.pick < 0 && count > 0;
    return part(text, is_last ? chosen : std::nullopt);
  }

 private:
  Filtered part(std::string_view text, const std::optional<GroupSpan>& span) const {
    if (span) return Filtered::part(text.substr(span->begin, span->end - span->begin));
    return rules_.whole_without ? Filtered::part(text) : Filtered::none();
  }

  std::optional<GroupSpan> span_of(const Match& match) const {
    if (rules_.group) return *rules_.group < match.groups.size() ? match.groups[*rules_.group] : std::nullopt;
    for (std::size_t i = 1; i < match.groups.size(); ++i) {
      if (match.groups[i]) return match.groups[i];
    }
    return match.groups[0];
  }

  /// Where the next match may begin: behind this one, and at least one character on.
  static std::size_t behind(std::string_view text, const Match& match, std::size_t from) {
    const std::size_t end = match.groups[0] ? match.groups[0]->end : from;
    if (end > from) return end;
    return from + std::max<std::size_t>(1, code_point_at(text, from).length);
  }

  Pattern pattern_;
  RegexRules rules_;
};

/// -1 (last), or a number from 0.
std::optional<long> pick_of(std::string_view word) {
  if (word == "first") return 0;
  if (word == "last") return -1;
  long index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (error != std::errc{} || end != word.data() + word.size() || index < -1) return std::nullopt;
  return index;
}

}  // namespace

MadeFilter make_regex_filter(std::string_view /*name*/, const record::Value& options) {
  const Options read(options);
  const std::string text = read.text("pattern", "");
  if (text.empty()) return fail(suite_error("the filter regex has no pattern", "a pattern"));
  Result<Pattern> pattern = Pattern::compile(text, {.flags = read.text("flags", ""), .full = false});
  if (!pattern) return fail(pattern.error());
  RegexRules rules;
  const std::string pick = read.text("pick", "first");
  const std::optional<long> index = pick_of(pick);
  if (!index) {
    return fail(
        suite_error("option 'pick' of regex is " + as_quoted(pick), "first, last, or a number from 0"));
  }
  rules.pick = *index;
  rules.whole_without = read.text("fallback", "none") == "whole";
  if (read.has("group")) {
    const std::string group = read.text("group", "");
    rules.group = pattern->group_number(group);
    if (!rules.group) {
      return fail(
          suite_error(fmt::format("the pattern {} has no group {}", as_quoted(text), as_quoted(group)),
                      "the number or name of one of its groups"));
    }
  }
  return std::make_unique<RegexFilter>(std::move(*pattern), rules);
}

}  // namespace assay::evaluator
