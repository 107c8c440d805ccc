#include "evaluator/math_text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "evaluator/latex.h"
#include "evaluator/numbers.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string made;
  std::size_t at = 0;
  for (std::size_t next = text.find(what); next != kNowhere; next = text.find(what, at)) {
    made.append(text.substr(at, next - at)).append(with);
    at = next + what.size();
  }
  return made.append(text.substr(at));
}

/// The text cut at each `mark`: what stands before the first one, then what stands behind each.
std::vector<std::string_view> parts_between(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  std::size_t at = 0;
  for (std::size_t next = text.find(mark); next != kNowhere; next = text.find(mark, at)) {
    parts.push_back(text.substr(at, next - at));
    at = next + mark.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

/// The first character is taken away and given back.
std::string_view take_character(std::string_view& text) {
  const std::string_view first = text.substr(0, code_point_at(text, 0).length);
  text.remove_prefix(first.size());
  return first;
}

/// .5 at the beginning, behind a blank or behind an open brace becomes 0.5.
std::string with_leading_zeros(std::string_view text) {
  std::string made = replaced(replaced(text, " .", " 0."), "{.", "{0.");
  return made.starts_with('.') ? "0" + made : made;
}

/// `x=5` and `k = 5` become what stands behind the sign.
std::string_view without_left_side(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == kNowhere || text.find('=', sign + 1) != kNowhere) return text;
  std::string_view left = text.substr(0, sign);
  for (int i = 0; i < 2; ++i) take_character(left);
  return left.empty() ? text.substr(sign + 1) : text;
}

/// \sqrt3 becomes \sqrt{3}. As in the reference, the blank of `\sqrt 3` counts as the character.
std::string with_braced_roots(std::string_view text) {
  const std::vector<std::string_view> parts = parts_between(text, "\\sqrt");
  std::string made(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::string_view rest = parts[i];
    made += "\\sqrt";
    if (!rest.empty() && rest[0] != '{') made += fmt::format("{{{}}}", take_character(rest));
    made += rest;
  }
  return made;
}

/// \frac12 becomes \frac{1}{2}, and \frac1{72} becomes \frac{1}{72}. A \frac with less than two characters
/// behind it leaves the whole text as it was.
std::string with_braced_fractions(std::string_view text) {
  const std::vector<std::string_view> parts = parts_between(text, "\\frac");
  std::string made(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::string_view rest = parts[i];
    made += "\\frac";
    if (!rest.starts_with('{')) {
      const std::string_view over = take_character(rest);
      if (rest.empty()) return std::string(text);
      made += fmt::format("{{{}}}", over);
      if (rest[0] != '{') made += fmt::format("{{{}}}", take_character(rest));
    }
    made += rest;
  }
  return made;
}

/// As a number is printed: without a plus or zeros in front.
bool is_plain_integer(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text[0] != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string with_upright_fraction(std::string text) {
  if (text == "0.5") return "\\frac{1}{2}";
  const std::size_t slash = text.find('/');
  if (slash == kNowhere) return text;
  const std::string_view over = std::string_view(text).substr(0, slash);
  const std::string_view under = std::string_view(text).substr(slash + 1);
  if (!is_plain_integer(over) || !is_plain_integer(under)) return text;
  return fmt::format("\\frac{{{}}}{{{}}}", over, under);
}

/// math-str@1; `percent` is what \% becomes.
std::string normalised(std::string_view text, std::string_view percent) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kReplaced{{
      {"\n", ""},
      {"\r", ""},
      {"\\!", ""},
      {"\\\\", "\\"},
      {"tfrac", "frac"},
      {"dfrac", "frac"},
      {"\\left", ""},
      {"\\right", ""},
      {"^{\\circ}", ""},
      {"^\\circ", ""},
      {"\\$", ""},
  }};
  std::string made(text);
  for (const auto& [what, with] : kReplaced) made = replaced(made, what, with);
  if (const std::size_t unit = made.find("\\text{ "); unit != kNowhere) made.erase(unit);
  made = with_leading_zeros(replaced(made, "\\%", percent));
  made = with_braced_roots(without_left_side(made));
  made = with_braced_fractions(replaced(made, " ", ""));
  return with_upright_fraction(std::move(made));
}

/// A number without a per cent sign of its own.
std::optional<Decimal> decimal_of(std::string_view text) {
  const std::optional<NumberToken> token = read_written_number(text, {});
  if (!token || token->percent) return std::nullopt;
  return value_of(*token, Percent::strip).num;
}

/// over / under with a denominator above zero.
std::optional<Rational> quotient(std::optional<Decimal> over, std::optional<Decimal> under) {
  if (!over || !under || under->is_zero()) return std::nullopt;
  if (under->negative && !over->is_zero()) over->negative = !over->negative;
  return Rational{.num = *std::move(over), .den = magnitude(*std::move(under))};
}

/// What stands behind \frac: {…}{…} and nothing more, with a number in each.
std::optional<Rational> fraction_of(std::string_view text) {
  const std::size_t middle = text.find("}{");
  if (middle == kNowhere || !text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
  const std::size_t under = middle + 2;
  return quotient(decimal_of(text.substr(1, middle - 1)),
                  decimal_of(text.substr(under, text.size() - 1 - under)));
}

std::optional<Rational> number_of(std::string_view text) {
  const std::optional<NumberToken> token = read_written_number(text, {.decimal = '.', .fractions = true});
  if (!token || token->percent) return std::nullopt;
  return value_of(*token, Percent::strip);
}

}  // namespace

std::string math_string(std::string_view text) {
  return normalised(text, "");
}

std::optional<Rational> math_value(std::string_view text) {
  constexpr std::string_view kFraction = "\\frac";
  const std::string plain = without_number_markup(normalised(text, "%"));
  std::string_view rest = trim_space(plain);
  const bool percent = rest.ends_with('%');
  if (percent) rest.remove_suffix(1);
  const std::size_t at = rest.find(kFraction);
  std::optional<Rational> value;
  if (at == kNowhere) {
    value = number_of(rest);
  } else {
    const std::string_view sign = rest.substr(0, at);
    const bool minus = sign == "-" || sign == "−";
    if (!minus && !sign.empty() && sign != "+") return std::nullopt;
    value = fraction_of(rest.substr(at + kFraction.size()));
    if (value && minus && !value->num.is_zero()) value->num.negative = !value->num.negative;
  }
  if (value && percent) value->num = shifted(std::move(value->num), -2);
  return value;
}

}  // namespace assay::evaluator
