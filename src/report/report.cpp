#include "report/report.h"

#include <algorithm>
#include <array>

#include "report/formats.h"

namespace assay::report {
namespace {

constexpr std::array kFormats{
    Format{
        .name = "table", .help = "for a terminal: rows, differences in words, notes", .render = render_table},
    Format{.name = "md",
           .help = "Markdown: a table and lists, for a README or an issue",
           .render = render_markdown},
    Format{.name = "csv",
           .help = "one line per row, all metrics with their intervals and n",
           .render = render_csv},
    Format{.name = "json", .help = "everything, schema assay.summary/1", .render = render_json},
};

}  // namespace

std::span<const Format> formats() {
  return kFormats;
}

const Format* find_format(std::string_view name) {
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const Format& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace assay::report
