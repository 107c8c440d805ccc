// JSON Schema → GBNF.
#pragma once

#include <string>

#include "base/json.h"
#include "outcome.h"

namespace assay::llama {

/// Errors: bad_request when the schema cannot be followed; not_supported when the engine came without
/// llama-common.
Outcome<std::string> grammar_from_schema(const Json& schema);

}  // namespace assay::llama
