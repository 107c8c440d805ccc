// Summary → text, with the terminal's width and colour filled in.
#pragma once

#include <string>
#include <string_view>

#include "stats/summary.h"

namespace assay::cli {

/// Whether the terminal shows more than ASCII: by the locale's name, as the C library decides it.
bool terminal_takes_unicode();
/// `format` is a name of report's table.
std::string render_summary(const stats::Summary& summary, std::string_view format);

}  // namespace assay::cli
