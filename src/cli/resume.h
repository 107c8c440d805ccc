// Going on with a broken run.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/run_options.h"
#include "record/run.h"
#include "store/store.h"

namespace assay::cli {

/// What makes each model of the plan itself beyond its name: its file's identity, or empty. Part of the
/// trials' keys.
std::vector<std::string> model_identities(const record::Plan& plan);

/// When the store has an unfinished run of this suite with the same models and cells: `run` becomes that run
/// and `prepared.plan` keeps only what is left to do. Without one nothing changes and a new run will begin.
/// Errors: conflict when the unfinished run was made with other models or settings.
Result<void> resume_run(store::Store& store, Prepared& prepared, record::Run& run);
/// The same of one run, which must be unfinished.
Result<void> continue_run(const store::Store& store, const std::string& run_id, Prepared& prepared,
                          record::Run& run);

}  // namespace assay::cli
