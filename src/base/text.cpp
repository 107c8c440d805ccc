#include "base/text.h"

#include <cstdint>

#include <fmt/format.h>

namespace assay {
namespace {

constexpr std::string_view kBlank = " \t\n\v\f\r";

/// One code point of `text` at `at`: its length in bytes (0 when invalid) and value.
struct CodePoint {
  std::size_t length = 0;
  std::uint32_t value = 0;
};

CodePoint code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  if (first < 0x80) return {1, first};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {};
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(at + i) & 0x3FU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {};
  return {length, value};
}

/// Columns of one code point: 0 for combining marks, 2 for East Asian wide and emoji, else 1. A short table
/// of the large ranges; a table that is one column off for a rare script is a cosmetic fault only.
std::size_t columns_of(std::uint32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) ||
      (c >= 0x20D0 && c <= 0x20F0))
    return 0;
  if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
      (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
      (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD))
    return 2;
  return 1;
}

/// How one piece is shown: itself, or an escape for what would disturb a terminal.
std::string shown(std::string_view text, std::size_t at, CodePoint point) {
  if (point.length == 0) return fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[at]));
  if (point.value == '\n') return "\\n";
  if (point.value == '\t') return "\\t";
  if (point.value == '\r') return "\\r";
  // C0, DEL, C1, and the marks that re-order text: none may reach a terminal from a model's answer.
  const bool bidi =
      (point.value >= 0x202A && point.value <= 0x202E) || (point.value >= 0x2066 && point.value <= 0x2069);
  if (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0))
    return fmt::format("\\x{:02x}", point.value);
  if (bidi) return fmt::format("\\u{:04x}", point.value);
  return std::string(text.substr(at, point.length));
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  // fmt::join has moved to another header in fmt 11, which Homebrew has.
  std::string text;
  for (const std::string& part : parts) {
    if (&part != parts.data()) text += separator;
    text += part;
  }
  return text;
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    if (point.length == 0) return at;
    at += point.length;
  }
  return std::nullopt;
}

std::string to_valid_utf8(std::string_view text) {
  if (!first_invalid_utf8(text)) return std::string(text);
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    if (point.length == 0) {
      valid += "\xEF\xBF\xBD";
      ++at;
    } else {
      valid += text.substr(at, point.length);
      at += point.length;
    }
  }
  return valid;
}

std::size_t whole_utf8_prefix(std::string_view text) {
  // Only the last three bytes can belong to a sequence that has not ended.
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<std::uint8_t>(text[text.size() - back]);
    if (byte < 0x80) break;
    if (byte < 0xC0) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return length > back ? text.size() - back : text.size();
  }
  return text.size();
}

std::string printable(std::string_view text, std::size_t max_columns) {
  std::string line;
  std::size_t columns = 0;
  std::size_t cut_at = 0;  // where the line must end to leave a column for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point(text, at);
    const std::string piece = shown(text, at, point);
    const std::size_t width =
        piece.size() > point.length || point.length == 0 ? piece.size() : columns_of(point.value);
    if (columns + width > max_columns) {
      line.resize(cut_at);
      return line + "…";
    }
    line += piece;
    columns += width;
    if (columns + 1 <= max_columns) cut_at = line.size();
    at += point.length == 0 ? 1 : point.length;
  }
  return line;
}

void append_utf8(std::uint32_t code_point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&](unsigned shift) { put(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    tail(0);
  } else if (code_point < 0x10000) {
    put(0xE0U | (code_point >> 12U));
    tail(6);
    tail(0);
  } else {
    put(0xF0U | (code_point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::size_t display_width(std::string_view utf8) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint point = code_point(utf8, at);
    columns += point.length == 0 ? 1 : columns_of(point.value);
    at += point.length == 0 ? 1 : point.length;
  }
  return columns;
}

}  // namespace assay
