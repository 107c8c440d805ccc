// Reading numbers in running text: number@1. The rules, with examples, are in docs/evaluators.md, "Reading
// numbers".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "evaluator/decimal.h"

namespace assay::evaluator {

enum class Percent { strip, scale, require };

struct NumberFormat {
  char decimal = '.';  ///< or ',', then '.' groups digits
  bool fractions = false;
};

struct NumberToken {
  std::size_t begin = 0;  ///< bytes of the text, with sign, currency and percent sign
  std::size_t end = 0;
  std::string literal;  ///< "-1234.50e3": '-' or nothing, no groups, point as decimal mark
  std::string divisor;  ///< the same for what stands behind the '/'; empty: none
  bool percent = false;
  bool operator==(const NumberToken&) const = default;
};

/// Walks over the numbers of a text from left to right, in time linear in its length.
class NumberScanner {
 public:
  NumberScanner(std::string_view text, NumberFormat format) : text_(text), format_(format) {}
  /// The next number, or nothing at the end. Every token that comes out has a value.
  std::optional<NumberToken> next();

 private:
  std::string_view text_;
  NumberFormat format_;
  std::size_t at_ = 0;
  std::size_t last_end_ = 0;  ///< of the last number: a sign before it belongs to it
};

/// The value of a token; `scale` divides by 100 where there is a percent sign.
Rational value_of(const NumberToken& token, Percent percent);
/// "1234.50", "3/4", "50%": for people.
std::string shown(const NumberToken& token);

/// A number that an author wrote, all of `text` but white space: a plain decimal with a point whatever the
/// format, or one token as in an answer. Absent for anything else.
std::optional<NumberToken> read_written_number(std::string_view text, NumberFormat format);

/// True when nothing but tokens, white space, '*', '$' and one final point is in the text.
bool holds_only_numbers(std::string_view text, NumberFormat format);

}  // namespace assay::evaluator
