// A text as words or code points, and what an author gives as one or several reference texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evaluator/evaluator.h"

namespace assay::evaluator {

/// Runs of non-white-space (Unicode's White_Space), as views into `text`.
std::vector<std::string_view> words_of(std::string_view text);
/// How many words_of() would give.
std::size_t count_words(std::string_view text);
std::vector<std::uint32_t> code_points_of(std::string_view text);

/// One text, or a non-empty list of texts: the references, of which the best one counts. Errors: bad_input
/// without place.
Result<std::vector<std::string>> references_of(const Recipe& recipe);

/// Words of several texts as numbers that are equal exactly when the words are. Words are compared by their
/// bytes; the table borrows nothing.
std::vector<std::vector<std::uint32_t>> numbered(const std::vector<std::vector<std::string>>& texts);

}  // namespace assay::evaluator
