// Texts that the YAML library reads wrongly, read again from the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::suite {

/// The text of the quoted scalar that `source` begins with, perhaps behind an anchor and a tag; absent when
/// no quote stands there. The library drops all but the first of several line breaks at a scalar's end, and
/// gives a lone byte, which is no UTF-8, for \N and \_. `old`: the line breaks of YAML 1.1, which are also
/// U+0085, U+2028 and U+2029.
std::optional<std::string> quoted_text(std::string_view source, bool old);

/// JSON writes a character beyond U+FFFF as two escapes (\ud83d\ude00), which the library refuses. A text of
/// the same length in which blanks stand there; quoted_text() reads the character from the true text.
std::string without_pairs(std::string_view text);

/// `value`, which the library read from the block scalar at `source`, with the blank lines at its end that a
/// folded block keeps (>+) and the library drops. Absent: this is no such block, or it holds nothing else.
std::optional<std::string> folded_kept(std::string_view source, std::string_view value);

/// Whether a block that keeps its blank lines, folded, begins at `source`.
bool is_folded_keep(std::string_view source);

}  // namespace assay::suite
