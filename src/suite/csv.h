// Rows of a CSV file by RFC 4180: quotes, doubled quotes, line ends inside quotes; LF and CRLF; an optional
// byte order mark. Blank lines are skipped. What the RFC leaves open is an error: a quote inside an unquoted
// cell, text behind a closing quote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "suite/text_source.h"

namespace assay::suite {

struct Cell {
  std::string text;
  bool quoted = false;
  Place place;
};

/// The next row, which has at least one cell; absent at the end of the file. Errors: bad_input without file.
Result<std::optional<std::vector<Cell>>> read_row(TextSource& source, std::size_t max_bytes);

}  // namespace assay::suite
