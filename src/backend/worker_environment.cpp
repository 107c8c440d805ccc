#include "backend/worker_environment.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/file.h"

namespace assay::backend {
namespace {

constexpr std::uint64_t kMaxRequirements = 1U << 20U;

constexpr std::array kWorkers{
    PythonWorker{"transformers", "PyTorch and transformers: model folders in the Hugging Face layout",
                 "ASSAY_TRANSFORMERS_WORKER", "ASSAY_TRANSFORMERS_PYTHON",
                 "import torch, transformers, jinja2; print(torch.__version__, transformers.__version__)",
                 "2.15.0"},
};

std::optional<std::string> find_script(const PythonWorker& worker) {
  if (auto told = environment(worker.worker_variable)) return told;
  const std::string here = program_folder();
  // An installed assay, the build tree (build/<preset>/assay), a program copied into the source tree.
  for (const char* place :
       {"../libexec/assay/{}/main.py", "../../workers/{}/main.py", "workers/{}/main.py"}) {
    const std::string path = resolve(here, fmt::format(fmt::runtime(place), worker.name));
    if (file_exists(path)) return path;
  }
  return std::nullopt;
}

}  // namespace

std::span<const PythonWorker> python_workers() {
  return kWorkers;
}

const PythonWorker* find_python_worker(std::string_view name) {
  const auto at = std::find_if(kWorkers.begin(), kWorkers.end(),
                               [&](const PythonWorker& worker) { return worker.name == name; });
  return at == kWorkers.end() ? nullptr : &*at;
}

Result<std::string> cache_folder() {
  if (auto told = environment("ASSAY_CACHE")) return *std::move(told);
  if (const auto cache = environment("XDG_CACHE_HOME")) return resolve(*cache, "assay");
  if (const auto home = environment("HOME")) return resolve(*home, ".cache/assay");
  return fail({.code = Code::not_found,
               .where = {},
               .found = "no place for worker environments: HOME is not set",
               .expected = "a home folder",
               .remedy = "Set ASSAY_CACHE to a folder"});
}

Result<WorkerPlaces> places_of(const PythonWorker& worker) {
  const auto script = find_script(worker);
  if (!script || !file_exists(*script)) {
    return fail({.code = Code::unavailable,
                 .where = {},
                 .found = fmt::format("the worker '{}' is not beside the program", worker.name),
                 .expected = fmt::format("workers/{}/main.py of assay's source", worker.name),
                 .remedy = fmt::format("Set {} to its path", worker.worker_variable)});
  }
  auto cache = cache_folder();
  if (!cache) return fail(cache.error());
  WorkerPlaces places;
  places.script = *script;
  places.requirements = resolve(folder_of(*script), "requirements.txt");
  places.folder = resolve(*cache, fmt::format("workers/{}", worker.name));
  auto told = environment(worker.python_variable);
  places.is_told = told.has_value();
  places.python = told ? *std::move(told) : resolve(places.folder, "bin/python3");
  return places;
}

std::string completion_mark(const std::string& folder) {
  return resolve(folder, ".complete");
}

std::optional<Error> trouble_with(const PythonWorker& worker, const WorkerPlaces& places) {
  const std::string remedy = fmt::format("Run: assay worker install {}", worker.name);
  if (places.is_told) {
    if (file_exists(places.python)) return std::nullopt;
    return Error{
        .code = Code::unavailable,
        .where = {},
        .found = fmt::format("{} is '{}', which does not exist", worker.python_variable, places.python),
        .expected = "the path of a Python",
        .remedy = "Unset it to use assay's own environment"};
  }
  const auto installed = read_file(completion_mark(places.folder), kMaxRequirements);
  if (!installed || !file_exists(places.python)) {
    return Error{
        .code = Code::unavailable,
        .where = {},
        .found = fmt::format("the Python environment of the worker '{}' is not installed", worker.name),
        .expected = places.folder,
        .remedy = remedy};
  }
  const auto wanted = read_file(places.requirements, kMaxRequirements);
  if (wanted && *wanted != *installed) {
    return Error{
        .code = Code::unavailable,
        .where = {},
        .found = fmt::format("the Python environment of the worker '{}' has other versions than it needs",
                             worker.name),
        .expected = places.requirements,
        .remedy = remedy};
  }
  return std::nullopt;
}

}  // namespace assay::backend
