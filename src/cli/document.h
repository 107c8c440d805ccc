// A stored run as a document: what `assay show`, `assay report` and `assay serve` share.
#pragma once

#include <string>

#include "base/result.h"
#include "record/run.h"
#include "stats/summary.h"
#include "store/store.h"

namespace assay::cli {

/// Formats that are no renderings of the summary: every sample goes into them.
inline constexpr const char* kBenchy = "benchy";
inline constexpr const char* kJUnit = "junit";

/// The summary with the notes that belong under it, by the suite that is stored with the run.
Result<stats::Summary> shown_summary(const store::Store& store, const record::Run& run);

/// `format`: one of report's table, or junit. Benchy's has a file of its own (benchy_report.h).
Result<std::string> document(const store::Store& store, const record::Run& run, const std::string& format);

}  // namespace assay::cli
