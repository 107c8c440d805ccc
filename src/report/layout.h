// Laying out columns and paragraphs in a given width. Knows text and no summaries.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/cells.h"

namespace assay::report {

/// ANSI escapes, or nothing.
struct Paint {
  bool colour = false;
  std::string bold(std::string_view text) const { return wrapped("1", text); }
  std::string dim(std::string_view text) const { return wrapped("2", text); }
  std::string green(std::string_view text) const { return wrapped("32", text); }

 private:
  std::string wrapped(std::string_view code, std::string_view text) const;
};

/// Two header lines, a thin rule, one line per row; each line begins with one blank and ends without. Columns
/// that do not fit in `width` give way in this order: labels are cut (never below 10 columns), then columns
/// without any value, then load, prefill, params, TTFT and memory leave. `left_out` takes the names of those.
std::string laid_out(std::vector<TextColumn> columns, std::size_t width, const Paint& paint,
                     std::vector<std::string>& left_out);

/// Words of `text` in lines of at most `width` columns. The first line begins with `first`, the others with
/// blanks of the same width. A word longer than a line stands alone.
std::string paragraph(std::string_view first, std::string_view text, std::size_t width);

/// The typographic marks of our own texts in ASCII: … .., – -, − -, ± +-, × x, · -, ★ *, ─ -. Other
/// characters stay.
std::string to_ascii(std::string_view text);

}  // namespace assay::report
