#include "about.h"

#include <string>
#include <vector>

#include <ggml-backend.h>
#include <llama.h>

#include "base/text.h"

#if __has_include(<assay_engine_build.h>)
#include <assay_engine_build.h>
#else  // a system's engine does not say how it was built
#define ASSAY_ENGINE_PACKAGE "system"
#define ASSAY_ENGINE_VERSION ""
#define ASSAY_ENGINE_KEY ""
#define ASSAY_ENGINE_FLAGS ""
#define ASSAY_ENGINE_COMPILER ""
#endif

namespace assay::llama {
namespace {

Json devices() {
  Json list = Json::array();
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    list.push_back(
        {{"name", ggml_backend_dev_name(device)}, {"description", ggml_backend_dev_description(device)}});
  }
  return list;
}

/// "CPU", or what else computes: "CUDA", as llama-bench's column `backend`.
std::string backends() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ggml_backend_reg_count(); ++i) {
    const std::string name = ggml_backend_reg_name(ggml_backend_reg_get(i));
    if (name != "CPU") names.push_back(name);
  }
  return names.empty() ? "CPU" : join(names, ",");
}

Json build() {
  Json about{{"system_info", trim(llama_print_system_info())},
             {"devices", devices()},
             {"backends", backends()},
             {"package", ASSAY_ENGINE_PACKAGE}};
  const std::string_view version = ASSAY_ENGINE_VERSION;
  if (version.empty()) return about;
  about["package_version"] = version;
  about["key"] = ASSAY_ENGINE_KEY;
  about["flags"] = ASSAY_ENGINE_FLAGS;
  about["compiler"] = ASSAY_ENGINE_COMPILER;
  return about;
}

}  // namespace

wire::HelloReply about() {
  wire::HelloReply reply;
  reply.worker = "assay-llama " ASSAY_VERSION;
  reply.engine = "llama.cpp";
  reply.engine_version = llama_version();
  reply.capabilities = {"chat",    "raw",   "tokenize", "parallel", "prefix_cache",
                        "grammar", "bench", "steps",    "score"};
  reply.params = {"temperature",     "top_p",  "top_k",   "min_p",   "repeat_penalty", "seed",
                  "max_tokens",      "stop",   "grammar", "context", "threads",        "gpu_layers",
                  "flash_attention", "kv_type"};
#ifdef ASSAY_LLAMA_COMMON
  reply.capabilities.emplace_back("json_schema");
  reply.capabilities.emplace_back("reasoning");
  reply.params.emplace_back("json_schema");
  reply.params.emplace_back("think");
#endif
  reply.build = build();
  return reply;
}

}  // namespace assay::llama
