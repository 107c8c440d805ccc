// Whole numbers and decimals as texts of digits, of any length: "nine hundred decillion" is one of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// Digits of any script as 0 to 9; absent when anything else stands there but one point with digits on both
/// sides. "٣" is "3".
std::optional<std::string> plain_decimal(std::string_view text);
/// "007" is "7", "5.00" is "5"; absent when a fraction is left.
std::optional<std::string> as_whole(std::string_view decimal);
/// decimal × 10^power when that is a whole number. Takes ".5" and "5." too; absent for anything else.
std::optional<std::string> times_power(std::string_view decimal, std::size_t power);

/// Whole numbers without leading zeros.
std::string sum_of(std::string_view a, std::string_view b);
/// What is left of the last `digits` digits: "12034", 3 → "34"; "5000", 3 → "0".
std::string remainder_of(std::string_view whole, std::size_t digits);
/// The same number with its last `digits` digits 0: "12034", 3 → "12000".
std::string without_remainder(std::string_view whole, std::size_t digits);

}  // namespace assay::evaluator
