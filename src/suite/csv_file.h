// The rows of a CSV file.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "suite/csv.h"
#include "suite/reader.h"

namespace assay::suite {

/// Calls `visit` with each row, the header first, until it returns false. What is no CSV is reported and ends
/// the reading, because nobody knows where the next row begins; so is a file that cannot be read. A row is in
/// memory only for the call.
void for_each_csv_row(Reader& reader, const std::string& path,
                      const std::function<bool(std::vector<Cell>&)>& visit);

}  // namespace assay::suite
