// A plan's counts as JSON: `assay plan --json`, and what a page shows before it starts a run.
#pragma once

#include "base/json.h"
#include "cli/run_options.h"

namespace assay::cli {

/// Schema assay.plan/1.
OrderedJson plan_json(const Prepared& prepared);

}  // namespace assay::cli
