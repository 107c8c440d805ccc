// One sample as one row of a table, for spreadsheets and data frames: `assay samples --csv`.
#pragma once

#include <string>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::report {

/// The header, the same for every run, with its line end.
std::string sample_csv_header();
/// Columns are members of sample_line() by their names; `flags` are parted by blanks, `sandbox` is how the
/// programs of the run were kept in. Absent: empty. A text that a
/// spreadsheet would run as a formula has a ' before it. What has a shape of its own (tokens, steps,
/// parameters, earlier attempts) is in the JSON only. Shape: as for sample_line().
std::string sample_csv_row(const record::Run& run, const record::Sample& sample,
                           const record::Verdict* verdict, const std::string& sandbox);

}  // namespace assay::report
