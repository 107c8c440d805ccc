// Answers to the problems of MATH as texts that can be compared, and as numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluator/decimal.h"

namespace assay::evaluator {

/// math-str@1, the normaliser of the benchmark MATH (Hendrycks 2021): line breaks, blanks, units and degree
/// marks go, short forms are written out. The steps with examples are in docs/evaluators.md, "math". Two
/// answers are the same when their results are the same bytes.
std::string math_string(std::string_view text);

/// The exact value of an answer that is one number, fraction or percentage and nothing else, such as `1,000`,
/// `x=-\frac12`, `3/4`, `50\%` or `5\text{ cm}`; a percentage is so many hundredths. Absent for anything
/// else.
std::optional<Rational> math_value(std::string_view text);

}  // namespace assay::evaluator
