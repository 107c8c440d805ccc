#include "evaluator/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace assay::evaluator {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

/// The sign at the front, which is taken away: true for minus.
bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool minus = text[0] == '-';
  text.remove_prefix(1);
  return minus;
}

/// The exponent behind 'e', which is the rest of `text`; 0 when there is none. Absent when malformed or
/// beyond the limit.
std::optional<std::int64_t> take_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  text.remove_prefix(1);
  const bool minus = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    if (value > kMaxExponent) return std::nullopt;
  }
  return minus ? -value : value;
}

/// Strips zeros at both ends; `lead` is the exponent of digits[0] before that.
Decimal normal(bool negative, std::string digits, std::int64_t lead) {
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  digits.erase(digits.find_last_not_of('0') + 1);
  digits.erase(0, first);
  return {.negative = negative, .digits = std::move(digits), .lead = lead - static_cast<std::int64_t>(first)};
}

/// Order of |a| and |b|.
int compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) return static_cast<int>(!a.is_zero()) - static_cast<int>(!b.is_zero());
  if (a.lead != b.lead) return a.lead < b.lead ? -1 : 1;
  // Both begin with a digit that is not 0 and end with one, so the order of the texts is the order of the
  // numbers.
  const int order = a.digits.compare(b.digits);
  return order < 0 ? -1 : static_cast<int>(order > 0);
}

/// Digits as numbers below 10^9, least significant first.
std::vector<std::uint32_t> limbs_of(std::string_view digits) {
  std::vector<std::uint32_t> limbs;
  limbs.reserve(digits.size() / 9 + 1);
  while (!digits.empty()) {
    const std::size_t length = std::min<std::size_t>(9, digits.size());
    std::uint32_t limb = 0;
    for (const char c : digits.substr(digits.size() - length))
      limb = limb * 10 + static_cast<std::uint32_t>(c - '0');
    limbs.push_back(limb);
    digits.remove_suffix(length);
  }
  return limbs;
}

constexpr std::uint64_t kLimb = 1'000'000'000;

std::vector<std::uint32_t> product_of(const std::vector<std::uint32_t>& a,
                                      const std::vector<std::uint32_t>& b) {
  std::vector<std::uint32_t> product(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::uint64_t sum = static_cast<std::uint64_t>(a[i]) * b[j] + product[i + j] + carry;
      product[i + j] = static_cast<std::uint32_t>(sum % kLimb);
      carry = sum / kLimb;
    }
    product[i + b.size()] = static_cast<std::uint32_t>(carry);
  }
  return product;
}

/// Nine digits for each limb, most significant first.
std::string digits_of(const std::vector<std::uint32_t>& limbs) {
  std::string digits(limbs.size() * 9, '0');
  std::size_t at = digits.size();
  for (std::uint32_t limb : limbs) {
    for (int i = 0; i < 9; ++i) {
      digits[--at] = static_cast<char>('0' + limb % 10);
      limb /= 10;
    }
  }
  return digits;
}

}  // namespace

std::optional<Decimal> decimal_from(std::string_view text) {
  const bool negative = take_sign(text);
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const std::optional<std::int64_t> exponent = take_exponent(text);
  if (!exponent) return std::nullopt;
  std::string digits;
  digits.reserve(whole.size() + fraction.size());
  digits.append(whole).append(fraction);
  return normal(negative, std::move(digits), *exponent + static_cast<std::int64_t>(whole.size()) - 1);
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int order = compare_magnitudes(a, b);
  return a.negative ? -order : order;
}

Decimal magnitude(Decimal value) {
  value.negative = false;
  return value;
}

Decimal times(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) return {};
  std::string digits = digits_of(product_of(limbs_of(a.digits), limbs_of(b.digits)));
  // Value = D × 10^e for the integer D of all digits; e is the sum of the factors' exponents of their last
  // digits.
  const std::int64_t last = a.lead - static_cast<std::int64_t>(a.digits.size()) + 1 + b.lead -
                            static_cast<std::int64_t>(b.digits.size()) + 1;
  const std::int64_t lead = last + static_cast<std::int64_t>(digits.size()) - 1;
  return normal(a.negative != b.negative, std::move(digits), lead);
}

Decimal shifted(Decimal value, std::int64_t power) {
  if (!value.is_zero()) value.lead += power;
  return value;
}

// The sum is formed digit by digit from the highest position down, in units of the current position. What all
// lower digits can still add or take is less than one unit for each number, so the sign is decided as soon as
// the sum reaches the number of terms; and while it is 0, positions without digits can be jumped over. So
// 1e999999999 - 1 takes two steps and needs no number of a thousand million digits.
int sign_of_sum(std::initializer_list<Term> terms) {
  const auto highest_below = [&](std::int64_t limit) {
    std::optional<std::int64_t> highest;
    for (const Term& term : terms) {
      const Decimal& d = *term.value;
      const std::int64_t last = d.lead - static_cast<std::int64_t>(d.digits.size()) + 1;
      if (d.is_zero() || last >= limit) continue;
      const std::int64_t position = std::min(d.lead, limit - 1);
      highest = highest ? std::max(*highest, position) : position;
    }
    return highest;
  };
  const auto count = static_cast<std::int64_t>(terms.size());
  std::optional<std::int64_t> position = highest_below(INT64_MAX);
  std::int64_t sum = 0;
  while (position) {
    for (const Term& term : terms) {
      const Decimal& d = *term.value;
      const std::int64_t index = d.lead - *position;
      if (index < 0 || index >= static_cast<std::int64_t>(d.digits.size())) continue;
      const int digit = d.digits[static_cast<std::size_t>(index)] - '0';
      sum += d.negative != term.minus ? -digit : digit;
    }
    if (std::abs(sum) >= count) break;
    const std::optional<std::int64_t> next = highest_below(*position);
    if (next && sum != 0) {
      if (*next < *position - 1) break;  // times ten or more at an empty position: decided
      sum *= 10;
    }
    position = next;
  }
  return sum < 0 ? -1 : static_cast<int>(sum > 0);
}

bool equal(const Rational& a, const Rational& b) {
  if (a.den == b.den) return a.num == b.num;
  return times(a.num, b.den) == times(b.num, a.den);
}

bool near(const Rational& x, const Rational& target, const Decimal& abs, const Decimal& rel) {
  // Multiplied by both denominators: |x.num·t.den - t.num·x.den| <= max(abs·x.den·t.den, rel·|t.num|·x.den).
  const Decimal left = times(x.num, target.den);
  const Decimal right = times(target.num, x.den);
  const Decimal by_abs = times(times(abs, x.den), target.den);
  const Decimal by_rel = times(times(rel, magnitude(target.num)), x.den);
  const Decimal& limit = compare(by_abs, by_rel) >= 0 ? by_abs : by_rel;
  const bool left_is_less = compare(left, right) < 0;
  return sign_of_sum({{.value = &left, .minus = left_is_less},
                      {.value = &right, .minus = !left_is_less},
                      {.value = &limit, .minus = true}}) <= 0;
}

}  // namespace assay::evaluator
