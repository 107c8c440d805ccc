// Small things about text that the standard library lacks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// White space of ASCII: blank, tab, line feed, vertical tab, form feed, carriage return.
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower_ascii(std::string_view text);

/// Byte offset of the first byte that is not valid UTF-8 (overlong forms and surrogates are invalid), or
/// absent.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);
/// Every invalid byte replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);
/// Length of the longest prefix that does not end inside a UTF-8 sequence.
std::size_t whole_utf8_prefix(std::string_view text);
/// Puts the code point (at most U+10FFFF) behind `out`. A surrogate becomes three bytes, as Python writes one
/// that it lets pass; who must not have those asks first.
void append_utf8(std::uint32_t code_point, std::string& out);

/// One line, safe to print on a terminal: control characters and invalid bytes are shown escaped (\n, \x1b),
/// and the text is cut to `max_columns` columns with an ellipsis. Wide characters count 2.
std::string printable(std::string_view text, std::size_t max_columns);
/// Columns on a terminal.
std::size_t display_width(std::string_view utf8);

}  // namespace assay
