// Decimal numbers out of text: the same under every locale and with every standard library.
//
// std::from_chars would do, but libc++ has it for doubles only since version 20, so no Mac has it yet. Whole
// numbers are read with std::from_chars everywhere. (tools/portable finds a use for doubles.)
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// How many bytes of the beginning are digits [. digits] [e [sign] digits], with a digit before the exponent;
/// 0 when none are. No sign before it, no hexadecimal digits, no words.
std::size_t decimal_length(std::string_view text);

/// The double nearest to such a number; infinity beyond the greatest, 0 below the least.
double nearest_double(const std::string& decimal);

struct LeadingNumber {
  double value = 0;
  std::size_t length = 0;  ///< bytes that it takes
};
/// The number that the text begins with, after at most a minus. Absent when there is none or it is beyond
/// the range of a double.
std::optional<LeadingNumber> leading_number(std::string_view text);

/// The number that the whole text is; absent otherwise.
std::optional<double> double_from(std::string_view text);

}  // namespace assay
