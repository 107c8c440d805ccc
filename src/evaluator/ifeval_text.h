// What IFEval's checkers share: matches, parts and cases of a text, as the reference's Python has them.
#pragma once

#include <string_view>
#include <vector>

#include "evaluator/pattern.h"

namespace assay::evaluator {

/// Non-overlapping matches, as Python's findall gives them. What hits a limit matches no further.
std::vector<std::string_view> matches(const Pattern& pattern, std::string_view text);
long count_of(const Pattern& pattern, std::string_view text);
/// Python's split: one part more than there are marks.
std::vector<std::string_view> split_at(std::string_view text, std::string_view mark);
bool blank(std::string_view text);
/// Without characters of `marks` at both ends.
std::string_view stripped_of(std::string_view text, std::string_view marks);
/// All letters that have a case are so, and there is one.
bool is_upper(std::string_view text);
bool is_lower(std::string_view text);

}  // namespace assay::evaluator
