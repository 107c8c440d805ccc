// Files of cases: .jsonl (a case on each line), .csv (a case in each row), .yaml and .json (a list of cases);
// each may be packed with gzip.
#pragma once

#include <string>
#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// Adds the file's cases. Lines and rows are read one by one, so a file may be larger than memory should
/// hold; one line or row may have 16 MiB. `asked_at`: the place in the suite that names the file.
void read_case_file(Reader& reader, const std::string& path, const Location& asked_at,
                    std::vector<record::Case>& cases);

}  // namespace assay::suite
