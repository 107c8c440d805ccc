#include "cli/run_choice.h"

#include <CLI/CLI.hpp>

namespace assay::cli {

void add_run_argument(CLI::App& command, RunChoice& choice) {
  command.add_option("run", choice.word, "Run: the beginning of its id, its label, or 'last'")
      ->capture_default_str();
}

Result<OpenedRun> open_run(const Shell& shell, const RunChoice& choice) {
  auto store = open_store_to_read(shell);
  if (!store) return fail(store.error());
  const auto id = store->find_run(choice.word);
  if (!id) return fail(id.error());
  auto run = store->run(*id);
  if (!run) return fail(run.error());
  return OpenedRun{std::move(*store), std::move(*run)};
}

}  // namespace assay::cli
