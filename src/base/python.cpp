#include "base/python.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/number.h"

namespace assay {
namespace {

/// str.strip()'s white space: bidirectional type WS, B or S, or category Zs. (Objects/unicodetype_db.h)
bool is_space(UChar32 c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// ICU counts in 32 bits, so it sees a window of one code point's greatest length.
constexpr std::size_t kMostBytes = 4;

UChar32 next(std::string_view text, std::size_t& at) {
  const std::string_view window = text.substr(at, kMostBytes);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(window.data());
  const auto length = static_cast<std::int32_t>(window.size());
  std::int32_t offset = 0;
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(bytes, offset, length, c);
  at += static_cast<std::size_t>(offset);
  return c;
}

UChar32 previous(std::string_view text, std::size_t& at) {
  const std::size_t from = at < kMostBytes ? 0 : at - kMostBytes;
  const std::string_view window = text.substr(from, at - from);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(window.data());
  auto offset = static_cast<std::int32_t>(window.size());
  UChar32 c = 0;
  U8_PREV_OR_FFFD(bytes, 0, offset, c);
  at = from + static_cast<std::size_t>(offset);
  return c;
}

/// Every decimal digit as an ASCII one; absent when something else is not ASCII.
std::optional<std::string> ascii_of(std::string_view text) {
  std::string ascii;
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 c = next(text, at);
    if (c < 0x80)
      ascii.push_back(static_cast<char>(c));
    else if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
      ascii.push_back(static_cast<char>('0' + u_charDigitValue(c)));
    else
      return std::nullopt;
  }
  return ascii;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Without the underscores; absent when one does not stand between two digits.
std::optional<std::string> without_underscores(const std::string& text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      kept.push_back(text[i]);
    else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1]))
      return std::nullopt;
  }
  return kept;
}

std::optional<double> special(std::string_view unsigned_text, bool negative) {
  std::string lower;
  for (const char c : unsigned_text) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  if (lower == "nan") return std::nan("");
  if (lower == "inf" || lower == "infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  return std::nullopt;
}

/// str.isprintable() of one code point: not Cc, Cf, Cs, Co, Cn, Zl, Zp, nor Zs but the blank.
bool is_printable(UChar32 c) {
  if (c == ' ') return true;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SPACE_SEPARATOR: return false;
    default: return true;
  }
}

std::string escaped(UChar32 c) {
  const auto value = static_cast<std::uint32_t>(c);
  if (value <= 0xFF) return fmt::format("\\x{:02x}", value);
  if (value <= 0xFFFF) return fmt::format("\\u{:04x}", value);
  return fmt::format("\\U{:08x}", value);
}

}  // namespace

std::string_view python_strip(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size() && is_space(next(text, at));) begin = at;
  std::size_t end = text.size();
  for (std::size_t at = end; at > begin && is_space(previous(text, at));) end = at;
  return text.substr(begin, end - begin);
}

std::optional<double> python_float(std::string_view text) {
  // str.strip() takes these four for white space, and float() does not.
  if (text.find_first_of("\x1c\x1d\x1e\x1f") != std::string_view::npos) return std::nullopt;
  const std::optional<std::string> ascii = ascii_of(python_strip(text));
  const std::optional<std::string> plain = ascii ? without_underscores(*ascii) : std::nullopt;
  if (!plain || plain->empty()) return std::nullopt;
  const bool is_signed = plain->front() == '+' || plain->front() == '-';
  const bool negative = plain->front() == '-';
  const std::string body = plain->substr(is_signed ? 1 : 0);
  if (const std::optional<double> value = special(body, negative)) return value;
  if (body.empty() || decimal_length(body) != body.size()) return std::nullopt;
  const double value = nearest_double(body);
  return negative ? -value : value;
}

std::string python_float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // Sign, digit, point, 16 digits, "e-308".
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                     std::chars_format::scientific);
  const std::string_view shortest(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t mark = shortest.find('e');
  std::string digits(1, shortest[0]);
  if (mark > 2) digits.append(shortest.substr(2, mark - 2));
  int exponent = 0;
  const std::size_t from = mark + (shortest[mark + 1] == '+' ? 2 : 1);
  std::from_chars(shortest.data() + from, shortest.data() + shortest.size(), exponent);

  std::string text = std::signbit(value) ? "-" : "";
  const auto count = static_cast<int>(digits.size());
  constexpr int kLeast = -4;
  constexpr int kMost = 16;
  if (exponent < kLeast || exponent >= kMost) {
    text += digits.substr(0, 1);
    if (count > 1) text += "." + digits.substr(1);
    return text + fmt::format("e{}{:02d}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return text + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1)
    return text + digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0') + ".0";
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  return text + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string python_quoted(std::string_view text) {
  const bool doubled = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char quote = doubled ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const UChar32 c = next(text, at);
    if (c == quote || c == '\\')
      out.append({'\\', static_cast<char>(c)});
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (!is_printable(c))
      out += escaped(c);
    else if (c == 0xFFFD)
      out += "\xEF\xBF\xBD";
    else
      out.append(text.substr(from, at - from));
  }
  out.push_back(quote);
  return out;
}

std::string python_newlines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out.push_back(text[i]);
      continue;
    }
    out.push_back('\n');
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return out;
}

}  // namespace assay
