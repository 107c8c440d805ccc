// transformers (PyTorch), through its worker in Python: model folders in the Hugging Face layout.

#include <fmt/format.h>

#include "backend/entries.h"
#include "backend/worker.h"
#include "backend/worker_environment.h"
#include "base/check.h"
#include "base/file.h"

namespace assay::backend {
namespace {

// PyTorch is imported before hello is answered: 5 s from a warm disk, a minute the first time.
constexpr auto kImportPatience = std::chrono::minutes{3};

const PythonWorker& about() {
  const PythonWorker* worker = find_python_worker("transformers");
  CHECK(worker != nullptr);
  return *worker;
}

}  // namespace

std::optional<Error> probe_transformers(std::string_view /*engine*/) {
  const auto places = places_of(about());
  return places ? trouble_with(about(), *places) : std::optional<Error>(places.error());
}

Result<std::unique_ptr<Backend>> make_transformers(const record::ModelSpec& spec, MakeContext context) {
  const auto places = places_of(about());
  if (!places) return fail(places.error());
  if (auto trouble = trouble_with(about(), *places)) return fail(*std::move(trouble));
  if (!file_exists(resolve(spec.model, "config.json"))) {
    return fail(
        {.code = Code::not_found,
         .where = {},
         .found = fmt::format("'{}' has no config.json", spec.model),
         .expected = "a model folder in the Hugging Face layout: config.json, weights, tokenizer",
         .remedy = "Paths in a suite start at the suite file, on the command line at the current folder"});
  }
  return make_worker({.argv = {places->python, "-s", places->script},
                      .model = spec.model,
                      .name = "assay-transformers",
                      .hello_timeout = kImportPatience},
                     context.clock);
}

}  // namespace assay::backend
