#include "record/param_names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/result.h"
#include "record/params.h"

namespace assay::record {
namespace {

using Known = std::pair<std::string_view, std::string_view>;

// llama.cpp's options and settings, Ollama's, the library transformers', vLLM's and OpenAI's.
constexpr std::array kElsewhere{
    Known{"ctx", "context"},
    Known{"ctx_size", "context"},
    Known{"n_ctx", "context"},
    Known{"num_ctx", "context"},
    Known{"context_length", "context"},
    Known{"max_model_len", "context"},
    Known{"temp", "temperature"},
    Known{"n_predict", "max_tokens"},
    Known{"num_predict", "max_tokens"},
    Known{"max_new_tokens", "max_tokens"},
    Known{"max_completion_tokens", "max_tokens"},
    Known{"repetition_penalty", "repeat_penalty"},
    Known{"n_threads", "threads"},
    Known{"num_thread", "threads"},
    Known{"ngl", "gpu_layers"},
    Known{"n_gpu_layers", "gpu_layers"},
    Known{"num_gpu", "gpu_layers"},
    Known{"flash_attn", "flash_attention"},
    Known{"cache_type_k", "kv_type"},
    Known{"cache_type_v", "kv_type"},
    Known{"kv_cache_dtype", "kv_type"},
    Known{"enable_thinking", "think"},
    Known{"response_format", "json_schema"},
};

constexpr std::size_t kShortest = 3;  // every shorter word is near to every other

}  // namespace

std::string meant_param(std::string_view name) {
  const auto at =
      std::find_if(kElsewhere.begin(), kElsewhere.end(), [&](const Known& one) { return one.first == name; });
  if (at != kElsewhere.end()) return std::string(at->second);
  if (name.size() < kShortest) return {};
  std::vector<std::string> names;
  for (const ParamSpec& spec : param_table()) names.emplace_back(spec.name);
  return nearest(name, names);
}

}  // namespace assay::record
