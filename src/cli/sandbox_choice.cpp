#include "cli/sandbox_choice.h"

#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/file.h"
#include "cli/shell.h"
#include "evaluator/grader.h"
#include "sandbox/proof.h"

namespace assay::cli {

void add_python_option(CLI::App& command, std::string& python) {
  command
      .add_option("--python", python,
                  "The Python that runs what models wrote: a path, or a name on PATH (default: "
                  "$ASSAY_PYTHON, else python3)")
      ->type_name("PROGRAM");
}

void add_sandbox_options(CLI::App& command, SandboxOptions& options) {
  add_python_option(command, options.python);
  command.add_flag("--unsafe-no-sandbox", options.unsafe,
                   "Run programs that models wrote WITHOUT protection: they can do what you can");
}

sandbox::Choice sandbox_choice(const std::string& python) {
  sandbox::Choice choice;
  choice.interpreter = !python.empty() ? python : environment("ASSAY_PYTHON").value_or("python3");
  choice.cache = backend::cache_folder().value_or("");
  return choice;
}

Result<std::shared_ptr<sandbox::Sandbox>> sandbox_for(const record::Suite& suite,
                                                      const SandboxOptions& options) {
  if (!evaluator::needs_sandbox(suite)) return nullptr;
  const sandbox::Choice choice = sandbox_choice(options.python);
  if (const sandbox::Entry* none = sandbox::find("none"); options.unsafe && none != nullptr) {
    say("warning: --unsafe-no-sandbox: programs that the models write run with your rights");
    return none->make(choice);
  }
  auto sandbox = sandbox::make_best(choice);
  if (!sandbox) return sandbox;
  const auto held = sandbox::prove(**sandbox, choice.cache, [] {
    say("Trying every hostile program on the sandbox, once for this kernel and interpreter …");
  });
  if (!held) return fail(held.error());
  return sandbox;
}

}  // namespace assay::cli
