// assay report -f benchy: a stored run as a report that Benchy's page opens.
#pragma once

#include <string>

#include "cli/run_choice.h"
#include "cli/shell.h"

namespace assay::cli {

/// The report's text: what came in as a report goes out as it came.
Result<std::string> benchy_document(const store::Store& store, const record::Run& run);

/// The same on one line: what Benchy's server would have answered.
Result<std::string> benchy_answer(const store::Store& store, const record::Run& run);

/// `output`: a file; a folder (also one that ends in '/'): a new file of a name made from suite and time in
/// it; empty: standard output.
Exit report_benchy(const Shell& shell, const RunChoice& choice, const std::string& output);

}  // namespace assay::cli
