#include "cli/sandbox_choice.h"

#include <CLI/CLI.hpp>

#include "cli/shell.h"
#include "evaluator/grader.h"
#include "sandbox/table.h"

namespace assay::cli {

void add_sandbox_option(CLI::App& command, bool& unsafe) {
  command.add_flag("--unsafe-no-sandbox", unsafe,
                   "Run programs that models wrote WITHOUT protection: they can do what you can");
}

Result<std::shared_ptr<sandbox::Sandbox>> sandbox_for(const record::Suite& suite, bool unsafe) {
  if (!evaluator::needs_sandbox(suite)) return nullptr;
  if (!unsafe) return sandbox::make_best({});
  say("warning: --unsafe-no-sandbox: programs that the models write run with your rights");
  const sandbox::Entry* none = sandbox::find("none");
  if (none == nullptr) return sandbox::make_best({});
  return none->make({});
}

}  // namespace assay::cli
