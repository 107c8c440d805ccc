#include "evaluator/digit_text.h"

#include <algorithm>

#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

std::string without_leading_zeros(std::string_view digits) {
  const std::size_t begin = std::min(digits.find_first_not_of('0'), digits.size());
  return begin == digits.size() ? "0" : std::string(digits.substr(begin));
}

struct Halves {
  std::string_view whole;
  std::string_view fraction;
};

std::optional<Halves> halves_of(std::string_view decimal) {
  const std::size_t point = decimal.find('.');
  Halves halves{.whole = decimal.substr(0, point), .fraction = {}};
  if (point != std::string_view::npos) halves.fraction = decimal.substr(point + 1);
  if (!all_digits(halves.whole) || !all_digits(halves.fraction)) return std::nullopt;
  if (halves.whole.empty() && halves.fraction.empty()) return std::nullopt;
  return halves;
}

}  // namespace

std::optional<std::string> plain_decimal(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const int digit = digit_value(c.value);
    if (digit < 0 && c.value != '.') return std::nullopt;
    plain.push_back(digit < 0 ? '.' : static_cast<char>('0' + digit));
    at += c.length;
  }
  const auto halves = halves_of(plain);
  const bool pointed = plain.find('.') != std::string::npos;
  if (!halves || halves->whole.empty() || (pointed && halves->fraction.empty())) return std::nullopt;
  return plain;
}

std::optional<std::string> as_whole(std::string_view decimal) {
  return times_power(decimal, 0);
}

std::optional<std::string> times_power(std::string_view decimal, std::size_t power) {
  const auto halves = halves_of(decimal);
  if (!halves) return std::nullopt;
  std::string fraction(halves->fraction.substr(0, power));
  const std::string_view rest = halves->fraction.substr(fraction.size());
  if (rest.find_first_not_of('0') != std::string_view::npos) return std::nullopt;
  fraction.resize(power, '0');
  return without_leading_zeros(std::string(halves->whole) + fraction);
}

std::string sum_of(std::string_view a, std::string_view b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry > 0; ++i) {
    const auto digit = [i](std::string_view number) {
      return i < number.size() ? number[number.size() - 1 - i] - '0' : 0;
    };
    const int total = digit(a) + digit(b) + carry;
    sum.push_back(static_cast<char>('0' + total % 10));
    carry = total / 10;
  }
  std::reverse(sum.begin(), sum.end());
  return sum;
}

std::string remainder_of(std::string_view whole, std::size_t digits) {
  return without_leading_zeros(whole.size() > digits ? whole.substr(whole.size() - digits) : whole);
}

std::string without_remainder(std::string_view whole, std::size_t digits) {
  if (whole.size() <= digits) return "0";
  return std::string(whole.substr(0, whole.size() - digits)) + std::string(digits, '0');
}

}  // namespace assay::evaluator
