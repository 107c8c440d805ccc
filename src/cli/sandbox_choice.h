// Which sandbox a suite gets.
#pragma once

#include <memory>

#include "base/result.h"
#include "record/suite.h"
#include "sandbox/sandbox.h"

namespace CLI {
class App;
}

namespace assay::cli {

/// Adds --unsafe-no-sandbox.
void add_sandbox_option(CLI::App& command, bool& unsafe);
/// nullptr when no check of the suite runs programs. `unsafe`: they run without protection; a warning is
/// printed. Errors: unavailable, when the suite needs a sandbox and this machine has none.
Result<std::shared_ptr<sandbox::Sandbox>> sandbox_for(const record::Suite& suite, bool unsafe);

}  // namespace assay::cli
