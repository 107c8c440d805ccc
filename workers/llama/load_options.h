// Load parameters ⇄ the engine's parameter structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <llama.h>

#include "outcome.h"
#include "record/params.h"
#include "wire/messages.h"

namespace assay::llama {

struct LoadOptions {
  llama_model_params model{};
  llama_context_params context{};
  bool default_context = true;     ///< nobody asked for a length: the model's own, at most kDefaultContext
  std::uint64_t longest = 0;       ///< tokens that a request needs at most; 0: not known
  std::uint64_t together = 0;      ///< tokens that all requests need together, foretold; 0: not known
  bool default_flash = true;       ///< nobody asked for flash attention or against it
  std::uint32_t context_each = 0;  ///< tokens for each request; known when the context is settled
  int kept = 0;  ///< sequences beside those of the requests, for computed prompts that are kept
};

/// Like Ollama: enough for a chat, and no surprise of gigabytes for a model that was trained on 128 K.
inline constexpr std::uint32_t kDefaultContext = 4096;

/// Physical cores that are fast, as llama-bench and llama-server take.
std::int32_t default_threads();
/// Storage types of the cache by the engine's names ("f16", "q8_0"). Absent when unknown.
std::optional<ggml_type> kv_type_of(std::string_view name);
/// "f32, f16, …"
std::string kv_type_names();

/// Errors: bad_request.
Outcome<LoadOptions> read_load_options(const wire::Load& request);
/// Tokens of context that all requests need together, `by_default` for each when nobody asked for a length.
std::uint64_t context_of_all(const LoadOptions& options, std::uint32_t by_default, int parallel);
/// Call when the model is there and before its context is made. Gives up keeping prompts for models whose
/// memory cannot be cut at any place (recurrent layers, sliding windows).
void settle_context(LoadOptions& options, const llama_model* model, int parallel);
/// What is in force, as the engine itself says; the log of the load must still be there (engine_log.h).
record::EffectiveParams effective_options(const wire::Load& request, const LoadOptions& options,
                                          const llama_model* model, llama_context* context);

}  // namespace assay::llama
