// Laying out columns and paragraphs in a given width. Knows text and no summaries.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/cells.h"

namespace assay::report {

/// ANSI escapes, or nothing; the star and the rule in Unicode or ASCII.
struct Paint {
  bool colour = false;
  bool unicode = true;
  std::string bold(std::string_view text) const { return wrapped("1", text); }
  std::string dim(std::string_view text) const { return wrapped("2", text); }
  std::string green(std::string_view text) const { return wrapped("32", text); }

 private:
  std::string wrapped(std::string_view code, std::string_view text) const;
};

/// What a table had to give up to fit.
struct GivenUp {
  std::vector<std::string> columns;  ///< names of columns that are not shown
  std::vector<std::string> cells;    ///< labels of the cells, when the column shows their numbers from 1
};

/// Two header lines, a thin rule, one line per row; each line begins with one blank and ends without. What
/// does not fit in `width` gives way in this order: columns without any value; cell labels, for numbers;
/// model labels, cut in their middle down to 16 columns; load, roofline, prefill, params, TTFT, memory; model
/// labels again, down to 10.
std::string laid_out(std::vector<TextColumn> columns, std::size_t width, const Paint& paint,
                     GivenUp& given_up);

/// At most `width` columns of a one-line text, with … for what is missing in the middle: the end of a model's
/// name says the quantisation.
std::string elided(std::string_view text, std::size_t width);

/// Words of `text` in lines of at most `width` columns. The first line begins with `first`, the others with
/// blanks of the same width. A word longer than a line stands alone.
std::string paragraph(std::string_view first, std::string_view text, std::size_t width);

/// The typographic marks of our own texts in ASCII: … .., – -, − -, ± +-, × x, · -, ★ *, ─ -. Other
/// characters stay.
std::string to_ascii(std::string_view text);

}  // namespace assay::report
