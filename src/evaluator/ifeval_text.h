// What the checkers of IFEval share: counting and cutting of texts. Internal to ifeval_*.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "evaluator/pattern.h"

namespace assay::evaluator {

/// Non-overlapping matches, as Python's findall gives them. What hits a limit matches no further.
std::vector<std::string_view> matches_of(const Pattern& pattern, std::string_view text);
long count_of(const Pattern& pattern, std::string_view text);
/// As Python's split: one part more than there are marks.
std::vector<std::string_view> split_at(std::string_view text, std::string_view mark);
bool is_blank(std::string_view text);

}  // namespace assay::evaluator
