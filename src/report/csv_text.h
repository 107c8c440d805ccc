// RFC 4180.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::report {

/// A cell in quotes, those inside it doubled.
std::string csv_quoted(std::string_view text);
/// With a ' before a text that a spreadsheet would run as a formula: a model may have written it.
std::string csv_inert(std::string_view text);
/// A cell: in quotes when it must be, for a comma, a quote, a line break, or blanks at an end.
std::string csv_cell(std::string_view text);
/// A record with its line end, CR LF.
std::string csv_record(const std::vector<std::string>& cells);

}  // namespace assay::report
