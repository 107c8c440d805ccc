// Numbers and texts as Python's own str, repr, float and strip make them (3.12, Unicode 15). Files of
// programs written in Python can only be read and graded alike with these.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// The part of `text` without Python's white space at both ends. U+200B and U+FEFF are none.
std::string_view python_strip(std::string_view text);

/// float(text): the nearest double of the stripped text, or absent when float() refuses it. Taken are digits
/// of every script, `_` between digits, inf, infinity and nan in any case; not hexadecimal. Overflow gives
/// infinity.
std::optional<double> python_float(std::string_view text);

/// repr(value) of a float: the shortest digits that read back as the same double; "4.0", "1e+16", "-0.0",
/// "nan".
std::string python_float_text(double value);

/// repr(text): in single quotes, or in double quotes when it holds a single quote and no double quote; what
/// is not printable is escaped. An invalid byte of UTF-8 is U+FFFD.
std::string python_quoted(std::string_view text);

/// Text as a file in text mode gives it: CRLF and a lone CR become a newline.
std::string python_newlines(std::string_view text);

}  // namespace assay
