// The columns that people read, as text: shared by the terminal table and Markdown, so that both say the
// same.
#pragma once

#include <string>
#include <vector>

#include "stats/summary.h"

namespace assay::report {

enum class Align { left, right };

/// One column of a table for people. Texts are sanitised: one line, nothing that moves a cursor.
struct TextColumn {
  std::string id;  ///< model, cell, params, accuracy, passed, graded, decode, prefill, ttft, load, memory
  std::string name, unit;  ///< "decode", "tok/s"
  Align align = Align::right;
  std::vector<std::string> cells;   ///< one per row; "–" is absent
  std::vector<std::string> spread;  ///< "(83…97)", "±70", "n=2": stands after the cell; empty: none
  std::vector<bool> best;           ///< the row has this column's badge
};

/// All columns in order. `cell` is there with more than one cell, `graded` when some coverage is below 1.
/// Sensible digits: a value is shown to the two leading digits of its interval, else to three digits.
std::vector<TextColumn> text_columns(const stats::Summary& summary);

/// "sums · 50 cases × 4 repeats · 2026-01-01 00:00 UTC · run 01abcdefg0123456": what was run.
std::string title_of(const stats::Summary& summary);

/// What the star means, or without one how the differences were tested. Empty when nothing was compared.
std::string legend_of(const stats::Summary& summary);

}  // namespace assay::report
