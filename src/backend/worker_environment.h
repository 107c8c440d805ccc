// The Python environments of workers that need one: where they belong, and whether they are whole.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::backend {

/// One worker in Python. It runs from its source, in a virtual environment with pinned packages.
struct PythonWorker {
  std::string_view name;           ///< "transformers"
  std::string_view help;           ///< what it brings
  const char* worker_variable;     ///< environment variable with the path of its main.py, for tests
  const char* python_variable;     ///< environment variable with a Python that has the packages already
  std::string_view probe;          ///< a Python program that fails when the packages do not work
  std::string_view torch_version;  ///< pinned; asked for as a build without CUDA first where that serves
};

std::span<const PythonWorker> python_workers();
const PythonWorker* find_python_worker(std::string_view name);

/// Where its parts are on this machine.
struct WorkerPlaces {
  std::string script;        ///< main.py
  std::string requirements;  ///< requirements.txt, beside it
  std::string folder;        ///< where its environment belongs: <cache>/workers/<name>
  std::string python;        ///< what runs it: the variable's, else the one in the folder
  bool is_told = false;      ///< the variable names the Python; nothing is to be installed
};

/// $ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay. Errors: not_found without a home.
Result<std::string> cache_folder();
/// Errors: unavailable when the worker's files are not beside the program; those of cache_folder().
Result<WorkerPlaces> places_of(const PythonWorker& worker);
/// nullopt: it can be started. Otherwise what is missing (no environment, one of other versions), and the
/// remedy.
std::optional<Error> trouble_with(const PythonWorker& worker, const WorkerPlaces& places);
/// The file in a whole environment; it holds the text of the requirements that were installed.
std::string completion_mark(const std::string& folder);

}  // namespace assay::backend
