// Whether a model would fit into memory, asked before the attempt.
#pragma once

#include <string>

#include "load_options.h"
#include "outcome.h"

namespace assay::llama {

/// Refuses a load that needs more main memory than is available: the machine would swap or kill somebody.
/// Small loads are not looked at. Errors: engine_oom with both figures. When the need cannot be told, the
/// attempt may be made.
Outcome<void> check_memory(const std::string& path, const LoadOptions& options, int parallel);

}  // namespace assay::llama
