// Which stored run a command means.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/shell.h"
#include "record/run.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct RunChoice {
  std::string word = "last";
};
void add_run_argument(CLI::App& command, RunChoice& choice);

/// The run that the word names, with the store that it lies in, open for reading.
struct OpenedRun {
  store::Store store;
  record::Run run;
};
Result<OpenedRun> open_run(const Shell& shell, const RunChoice& choice);

}  // namespace assay::cli
