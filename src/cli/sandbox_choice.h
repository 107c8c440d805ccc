// Which sandbox a suite gets, and which interpreter runs in it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "record/suite.h"
#include "sandbox/sandbox.h"
#include "sandbox/table.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct SandboxOptions {
  bool unsafe = false;  ///< programs of models run without a sandbox
  std::string python;   ///< the interpreter; empty: $ASSAY_PYTHON, else python3
};

/// Adds --python.
void add_python_option(CLI::App& command, std::string& python);
/// Adds --python and --unsafe-no-sandbox.
void add_sandbox_options(CLI::App& command, SandboxOptions& options);

/// No key of a suite names an interpreter: it is run before anything contains it, and suites come from
/// others.
sandbox::Choice sandbox_choice(const std::string& python);

/// nullptr when no check of the suite runs programs. One that contains was tried with every hostile program,
/// once for each kernel, bubblewrap and interpreter; says so when it is tried now (about 2 s). `unsafe`: they
/// run without protection; a warning is printed. Errors: not_found when the interpreter will not do;
/// unavailable, when the suite needs a sandbox and this machine has none, or one that does not hold.
Result<std::shared_ptr<sandbox::Sandbox>> sandbox_for(const record::Suite& suite,
                                                      const SandboxOptions& options);

}  // namespace assay::cli
