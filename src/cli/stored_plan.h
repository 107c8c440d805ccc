// The plan of a stored run.
#pragma once

#include "base/result.h"
#include "cli/run_options.h"
#include "record/run.h"

namespace assay::cli {

/// From the suite that is stored with the run, for its models and cases. Errors: bad_input when this assay no
/// longer reads it, or when the store holds settings that nobody can have given.
Result<Prepared> prepared_from_store(const record::Run& run);

}  // namespace assay::cli
