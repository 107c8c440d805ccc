// Decimal numbers of any length, compared exactly and never expanded: 1e999999999 costs as much as 1.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// digits[0].digits[1]digits[2]… × 10^lead. Without zeros at either end, so that equal numbers are equal
/// records; zero has no digits, no sign and lead 0.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t lead = 0;
  bool is_zero() const { return digits.empty(); }
  bool operator==(const Decimal&) const = default;
};

/// Exponents beyond this are no number here: nobody means them, and the sums below stay far from overflow.
constexpr std::int64_t kMaxExponent = 999'999'999;

/// [sign] digits [. digits] [e [sign] digits], at least one digit before or after the point, nothing else.
/// Absent for other text and for exponents beyond kMaxExponent.
std::optional<Decimal> decimal_from(std::string_view text);

/// -1, 0, 1.
int compare(const Decimal& a, const Decimal& b);
Decimal magnitude(Decimal value);
Decimal times(const Decimal& a, const Decimal& b);
/// value × 10^power.
Decimal shifted(Decimal value, std::int64_t power);

/// A number of a sum: added, or taken away.
struct Term {
  const Decimal* value = nullptr;
  bool minus = false;
};
/// Sign of the sum, exactly, in time that grows with the number of digits and not with the exponents.
int sign_of_sum(std::initializer_list<Term> terms);

/// A fraction num / den with den > 0. Whole and decimal numbers have den 1.
struct Rational {
  Decimal num;
  Decimal den{.negative = false, .digits = "1", .lead = 0};
};
bool equal(const Rational& a, const Rational& b);
/// |x - target| <= max(abs, rel × |target|), exactly. `abs` and `rel` are not negative.
bool near(const Rational& x, const Rational& target, const Decimal& abs, const Decimal& rel);

}  // namespace assay::evaluator
