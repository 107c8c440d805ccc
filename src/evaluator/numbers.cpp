#include "evaluator/numbers.h"

#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

constexpr std::uint32_t kMinus = 0x2212;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_digit(text[at]);
}

bool is_currency(std::uint32_t c) {
  return c == '$' || c == 0x20AC /* € */ || c == 0xA3 /* £ */ || c == 0xA5 /* ¥ */ || c == 0x20B9 /* ₹ */;
}

bool is_sign(std::uint32_t c) {
  return c == '+' || c == '-' || c == kMinus;
}

bool groups_digits(std::uint32_t c, char decimal) {
  return c == (decimal == '.' ? ',' : '.') || c == '_' || c == 0xA0 || c == 0x2009 || c == 0x202F;
}

/// A letter or digit directly before: there a sign is an operator, and a digit is part of a word.
bool is_word(std::uint32_t c) {
  return (c < 0x80 && is_digit(static_cast<char>(c))) || is_cased_letter(c);
}

std::size_t copy_digits(std::string_view text, std::size_t at, std::string& out) {
  const std::size_t begin = at;
  while (digit_at(text, at)) ++at;
  out.append(text.substr(begin, at - begin));
  return at;
}

/// One group: a separator of this kind (any, when `kind` is 0) and exactly three digits. Returns its end, or
/// `at`.
std::size_t group_end(std::string_view text, std::size_t at, char decimal, std::uint32_t& kind) {
  const CodePoint separator = code_point_at(text, at);
  const bool fits = kind == 0 ? groups_digits(separator.value, decimal) : separator.value == kind;
  const std::size_t digits = at + separator.length;
  if (separator.length == 0 || !fits || !digit_at(text, digits) || !digit_at(text, digits + 1) ||
      !digit_at(text, digits + 2) || digit_at(text, digits + 3)) {
    return at;
  }
  kind = separator.value;
  return digits + 3;
}

/// The digits before the decimal mark, with groups.
std::size_t read_whole(std::string_view text, std::size_t at, char decimal, std::string& out) {
  std::size_t end = copy_digits(text, at, out);
  if (end - at > 3) return end;  // 1234,567 is two numbers: groups begin with one to three digits
  std::uint32_t kind = 0;
  for (std::size_t next = group_end(text, end, decimal, kind); next != end;
       next = group_end(text, end, decimal, kind)) {
    out.append(text.substr(next - 3, 3));
    end = next;
  }
  return end;
}

/// An exponent, when one is complete.
std::size_t read_exponent(std::string_view text, std::size_t at, std::string& out) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  std::size_t digits = at + 1;
  const CodePoint sign = code_point_at(text, digits);
  if (sign.length > 0 && is_sign(sign.value)) digits += sign.length;
  if (!digit_at(text, digits)) return at;
  out.push_back('e');
  if (digits > at + 1 && sign.value != '+') out.push_back('-');
  return copy_digits(text, digits, out);
}

struct Body {
  std::size_t end = 0;
  std::string literal;
  bool usable = true;  ///< false: 1.2.3 and the like
};

/// Digits with groups, fraction and exponent from `at`, which is on a digit or on a leading decimal mark.
Body read_body(std::string_view text, std::size_t at, char decimal) {
  Body body;
  body.end = is_digit(text[at]) ? read_whole(text, at, decimal, body.literal) : at;
  const auto fraction_follows = [&] {
    return body.end < text.size() && text[body.end] == decimal && digit_at(text, body.end + 1);
  };
  if (fraction_follows()) {
    body.literal.push_back('.');
    body.end = copy_digits(text, body.end + 1, body.literal);
  }
  while (fraction_follows()) {
    body.usable = false;
    body.end = copy_digits(text, body.end + 1, body.literal);
  }
  if (body.usable) body.end = read_exponent(text, body.end, body.literal);
  return body;
}

/// Digits behind a letter, or behind underscores that stand behind one: a1b2, v2.0, x_1. But _42_ is
/// emphasis.
bool is_inside_word(std::string_view text, std::size_t at) {
  CodePoint before = code_point_before(text, at);
  while (before.value == '_' && before.length > 0) {
    at -= before.length;
    before = code_point_before(text, at);
  }
  return before.length > 0 && is_word(before.value);
}

/// A point that begins a number: .5 after a blank, a bracket or a sign; not the point of "No.5", "1.5" or
/// "...5".
bool is_leading_point(std::string_view text, std::size_t at) {
  if (text[at] != '.' || !digit_at(text, at + 1)) return false;
  const CodePoint before = code_point_before(text, at);
  return before.length == 0 || !(is_word(before.value) || before.value == '.');
}

/// True when the sign that begins at `at` is an operator: 5-3, x-3, (2)-3, 50%-3.
bool is_operator(std::string_view text, std::size_t at) {
  const CodePoint before = code_point_before(text, at);
  if (before.length == 0) return false;
  return is_word(before.value) || before.value == ')' || before.value == ']' || before.value == '%';
}

struct Prefix {
  std::size_t begin = 0;
  bool minus = false;
};

/// Sign and currency before `at`, in either order, but nothing before `limit`.
Prefix read_prefix(std::string_view text, std::size_t at, std::size_t limit) {
  Prefix prefix{.begin = at, .minus = false};
  bool signed_already = false;
  bool priced_already = false;
  while (prefix.begin > limit) {
    const CodePoint before = code_point_before(text, prefix.begin);
    const std::size_t begin = prefix.begin - before.length;
    if (!priced_already && is_currency(before.value)) {
      priced_already = true;
    } else if (!signed_already && is_sign(before.value) && !is_operator(text, begin)) {
      signed_already = true;
      prefix.minus = before.value != '+';
    } else {
      break;
    }
    prefix.begin = begin;
  }
  return prefix;
}

bool has_value(const NumberToken& token) {
  if (!decimal_from(token.literal)) return false;
  if (token.divisor.empty()) return true;
  const std::optional<Decimal> divisor = decimal_from(token.divisor);
  return divisor && !divisor->is_zero();
}

/// The part behind a '/'. False: not usable, such as 1/2/2024.
bool read_divisor(std::string_view text, NumberToken& token, char decimal) {
  const auto slash_follows = [&] {
    return token.end < text.size() && text[token.end] == '/' && digit_at(text, token.end + 1);
  };
  bool usable = true;
  while (slash_follows()) {
    Body divisor = read_body(text, token.end + 1, decimal);
    usable = usable && divisor.usable && token.divisor.empty();
    token.divisor = std::move(divisor.literal);
    token.end = divisor.end;
  }
  return usable;
}

}  // namespace

std::optional<NumberToken> NumberScanner::next() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool point = format_.decimal == '.' && c == '.' && is_leading_point(text_, at_);
    if (!point && !is_digit(c)) {
      ++at_;
      continue;
    }
    const std::size_t begin = at_;
    Body body = read_body(text_, begin, format_.decimal);
    const Prefix prefix = read_prefix(text_, begin, last_end_);
    NumberToken token{
        .begin = prefix.begin, .end = body.end, .literal = prefix.minus ? "-" : "", .divisor = {}};
    token.literal += body.literal;
    const bool usable = !format_.fractions || read_divisor(text_, token, format_.decimal);
    if (token.end < text_.size() && text_[token.end] == '%') {
      token.percent = true;
      ++token.end;
    }
    at_ = last_end_ = token.end;
    if (body.usable && usable && !is_inside_word(text_, begin) && has_value(token)) return token;
  }
  return std::nullopt;
}

Rational value_of(const NumberToken& token, Percent percent) {
  Rational value;
  value.num = decimal_from(token.literal).value_or(Decimal{});
  if (!token.divisor.empty()) value.den = decimal_from(token.divisor).value_or(value.den);
  if (token.percent && percent == Percent::scale) value.num = shifted(std::move(value.num), -2);
  return value;
}

std::string shown(const NumberToken& token) {
  std::string text = token.literal;
  if (!token.divisor.empty()) text += "/" + token.divisor;
  if (token.percent) text += "%";
  return text;
}

std::optional<NumberToken> read_written_number(std::string_view text, NumberFormat format) {
  text = trim_space(text);
  if (decimal_from(text)) {
    NumberToken plain{.begin = 0, .end = text.size(), .literal = std::string(text), .divisor = {}};
    if (plain.literal[0] == '+') plain.literal.erase(0, 1);
    return plain;
  }
  std::optional<NumberToken> token = NumberScanner(text, format).next();
  if (!token || token->begin != 0 || token->end != text.size()) return std::nullopt;
  return token;
}

bool holds_only_numbers(std::string_view text, NumberFormat format) {
  std::string rest;
  std::size_t at = 0;
  NumberScanner scanner(text, format);
  for (std::optional<NumberToken> token = scanner.next(); token; token = scanner.next()) {
    rest.append(text.substr(at, token->begin - at));
    at = token->end;
  }
  const std::size_t tail = rest.size();
  rest.append(text.substr(at));
  bool point_seen = false;
  for (std::size_t i = 0; i < rest.size();) {
    const CodePoint c = code_point_at(rest, i);
    const bool final_point = c.value == '.' && i >= tail && !point_seen;
    if (!final_point && !is_space(c.value) && c.value != '*' && c.value != '$') return false;
    point_seen = point_seen || final_point;
    i += c.length;
  }
  return true;
}

}  // namespace assay::evaluator
