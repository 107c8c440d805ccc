// One function per file; report.cpp holds the table of them.
#pragma once

#include <string>

#include "base/json.h"
#include "report/report.h"

namespace assay::report {

/// For people at a terminal: a row per model × cell, the differences in words, the notes.
std::string render_table(const stats::Summary& summary, const RenderOptions& options);
/// For a README or an issue: the same content as a GitHub table and lists.
std::string render_markdown(const stats::Summary& summary, const RenderOptions& options);
/// RFC 4180 (CRLF, quotes doubled): a header line, then a line per row; absent is an empty cell.
std::string render_csv(const stats::Summary& summary, const RenderOptions& options);
/// One JSON object on one line, schema assay.summary/1.
std::string render_json(const stats::Summary& summary, const RenderOptions& options);

/// The object that render_json writes: members in the order of docs/measurement.md, absent is null.
OrderedJson summary_json(const stats::Summary& summary);

}  // namespace assay::report
