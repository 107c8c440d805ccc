// Judges that are models: the engines behind evaluator::Judges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluator/judges.h"
#include "record/suite.h"

namespace assay::cli {

/// nullptr when no check of the suite asks a model. Nothing is loaded yet: a judge is loaded when it is first
/// asked, and stays until this ends. Errors: bad_input for a judge that is no model of this build; what its
/// engine's factory says.
Result<std::shared_ptr<evaluator::Judges>> judges_for(const record::Suite& suite);

}  // namespace assay::cli
