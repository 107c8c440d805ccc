#include "evaluator/ifeval_text.h"

#include <algorithm>

#include "evaluator/unicode.h"

namespace assay::evaluator {

std::vector<std::string_view> matches(const Pattern& pattern, std::string_view text) {
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
  return static_cast<long>(matches(pattern, text).size());
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; (at = text.find(mark)) != std::string_view::npos;
       text.remove_prefix(at + mark.size()))
    parts.push_back(text.substr(0, at));
  parts.push_back(text);
  return parts;
}

bool blank(std::string_view text) {
  return trim_space(text).empty();
}

std::string_view stripped_of(std::string_view text, std::string_view marks) {
  while (!text.empty() && marks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && marks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

bool is_upper(std::string_view text) {
  return upper(text) == text && lower(text) != text;
}

bool is_lower(std::string_view text) {
  return lower(text) == text && upper(text) != text;
}

}  // namespace assay::evaluator
