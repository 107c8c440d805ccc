// Making the Python environment of a worker.
#pragma once

#include <string>

#include "backend/worker_environment.h"
#include "base/result.h"

namespace assay::cli {

/// Makes a virtual environment with `python` and the pinned packages, beside its place, and moves it there
/// when it has proved itself: a failure or Ctrl-C leaves what was there before. Says what it does on standard
/// error. Errors: unavailable (no Python, no venv module, no network, stopped), io.
Result<void> install_worker(const backend::PythonWorker& worker, const backend::WorkerPlaces& places,
                            const std::string& python);

}  // namespace assay::cli
