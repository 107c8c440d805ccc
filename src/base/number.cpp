#include "base/number.h"

#include <locale.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

#include <cmath>
#include <cstdlib>

namespace assay {
namespace {

std::size_t count_digits(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - from;
}

}  // namespace

std::size_t decimal_length(std::string_view text) {
  std::size_t digits = count_digits(text, 0);
  std::size_t at = digits;
  if (at < text.size() && text[at] == '.') {
    const std::size_t more = count_digits(text, at + 1);
    digits += more;
    at += 1 + more;
  }
  if (digits == 0) return 0;
  if (at == text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-') ? 1 : 0;
  const std::size_t exponent = count_digits(text, at + 1 + sign);
  return exponent == 0 ? at : at + 1 + sign + exponent;
}

double nearest_double(const std::string& decimal) {
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  return strtod_l(decimal.c_str(), nullptr, plain);
}

std::optional<LeadingNumber> leading_number(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::size_t length = decimal_length(text.substr(sign));
  if (length == 0) return std::nullopt;
  const double value = nearest_double(std::string(text.substr(sign, length)));
  if (std::isinf(value)) return std::nullopt;
  return LeadingNumber{sign != 0 ? -value : value, sign + length};
}

std::optional<double> double_from(std::string_view text) {
  const auto number = leading_number(text);
  return number && number->length == text.size() ? std::optional(number->value) : std::nullopt;
}

}  // namespace assay
