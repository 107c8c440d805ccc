// llama.cpp, through its worker assay-llama.

#include <fmt/format.h>

#include "backend/entries.h"
#include "backend/worker.h"
#include "base/file.h"

namespace assay::backend {
namespace {

/// $ASSAY_LLAMA_WORKER, else beside the program, in its libexec (an installed assay), or in the build tree.
std::optional<std::string> find_worker() {
  if (auto told = environment("ASSAY_LLAMA_WORKER")) return told;
  const std::string here = program_folder();
  for (const char* place : {"assay-llama", "workers/llama/assay-llama", "../libexec/assay/assay-llama",
                            "../workers/llama/assay-llama"}) {
    const std::string path = resolve(here, place);
    if (file_exists(path)) return path;
  }
  return std::nullopt;
}

Error no_worker() {
  return {
      .code = Code::unavailable,
      .where = {},
      .found = "the worker 'assay-llama' is not beside the program",
      .expected = "a build with the llama.cpp engine",
      .remedy = "Run ./try.sh once, or set ASSAY_LLAMA_WORKER to its path; --model fake: needs no engine"};
}

Result<WorkerOptions> options_for(const record::ModelSpec& spec) {
  const auto worker = find_worker();
  if (!worker) return fail(no_worker());
  if (!file_exists(spec.model)) {
    return fail(
        {.code = Code::not_found,
         .where = {},
         .found = fmt::format("model file '{}' does not exist", spec.model),
         .expected = "a GGUF file",
         .remedy = "Paths in a suite start at the suite file, on the command line at the current folder"});
  }
  return WorkerOptions{.argv = {*worker}, .model = spec.model};
}

}  // namespace

std::optional<Error> probe_llama(std::string_view /*engine*/) {
  const auto worker = find_worker();
  if (!worker || !file_exists(*worker)) return no_worker();
  return std::nullopt;
}

Result<std::unique_ptr<Backend>> make_llama(const record::ModelSpec& spec, MakeContext context) {
  auto options = options_for(spec);
  if (!options) return fail(options.error());
  return make_worker(std::move(*options), context.clock);
}

Result<std::vector<record::TextToken>> tokens_llama(const record::ModelSpec& spec, const std::string& prompt,
                                                    MakeContext context) {
  const auto options = options_for(spec);
  if (!options) return fail(options.error());
  return tokens_by_worker(*options, prompt, context.clock);
}

}  // namespace assay::backend
