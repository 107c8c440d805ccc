#include "evaluator/ifeval_text.h"

#include <algorithm>

#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {

std::vector<std::string_view> matches_of(const Pattern& pattern, std::string_view text) {
  std::vector<std::string_view> found;
  StepBudget budget = Pattern::budget(text);
  std::size_t at = 0;
  while (at <= text.size()) {
    const MatchResult result = pattern.match(text, at, budget);
    if (result.state != MatchState::found) break;
    const GroupSpan span = result.match.groups[0].value_or(GroupSpan{});
    found.push_back(text.substr(span.begin, span.end - span.begin));
    at = span.end > span.begin ? span.end
                               : span.end + std::max<std::size_t>(1, code_point_at(text, span.end).length);
  }
  return found;
}

long count_of(const Pattern& pattern, std::string_view text) {
  return static_cast<long>(matches_of(pattern, text).size());
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; (at = text.find(mark)) != std::string_view::npos;
       text.remove_prefix(at + mark.size()))
    parts.push_back(text.substr(0, at));
  parts.push_back(text);
  return parts;
}

bool is_blank(std::string_view text) {
  return trim_space(text).empty();
}

}  // namespace assay::evaluator
