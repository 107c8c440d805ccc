// What is said of a context before the first trial.
#pragma once

#include "base/result.h"
#include "record/plan.h"

namespace assay::cli {

/// One warning for each model file whose context is set longer than the model was made for. Of a file that is
/// not there or cannot be read nothing is said: whoever loads it says it.
Errors context_warnings(const record::Plan& plan);

}  // namespace assay::cli
