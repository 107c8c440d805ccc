// Summaries → characters. The front door: one table of formats, each a function from a Summary to bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "stats/summary.h"

namespace assay::report {

/// What the place of output can show. Only the terminal table looks at it.
struct RenderOptions {
  std::size_t width = 100;  ///< columns; at least 40 are used
  bool colour = false;      ///< ANSI escapes: bold headers, green badges
  bool unicode = true;      ///< false: ASCII only (… becomes .., ± +-, – -)
};

struct Format {
  std::string_view name;
  std::string_view help;
  /// Whole text, ending in a line feed. Pure: no I/O, no clock, no locale.
  std::string (*render)(const stats::Summary& summary, const RenderOptions& options);
};

/// table, md, csv, json.
std::span<const Format> formats();
/// nullptr for an unknown name.
const Format* find_format(std::string_view name);

}  // namespace assay::report
