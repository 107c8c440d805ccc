#include "load_options.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "engine_log.h"

#ifdef ASSAY_LLAMA_COMMON
#include <llama-common/common.h>
#endif

namespace assay::llama {
namespace {

using record::Applied;

// Largest piece of a prompt that is decoded in one step: between steps the worker looks for a cancel.
constexpr std::uint32_t kStepTokens = 512;

// The engine rounds a request's context up to this.
constexpr std::uint64_t kContextStep = 256;
// Prompts whose computed beginning is kept for later ones: as many as a suite has system prompts, in general.
constexpr int kKeptPrompts = 8;

struct KvType {
  std::string_view name;
  ggml_type type;
};
constexpr std::array kKvTypes{
    KvType{"f32", GGML_TYPE_F32},   KvType{"f16", GGML_TYPE_F16},   KvType{"bf16", GGML_TYPE_BF16},
    KvType{"q8_0", GGML_TYPE_Q8_0}, KvType{"q4_0", GGML_TYPE_Q4_0}, KvType{"q4_1", GGML_TYPE_Q4_1},
    KvType{"q5_0", GGML_TYPE_Q5_0}, KvType{"q5_1", GGML_TYPE_Q5_1}, KvType{"iq4_nl", GGML_TYPE_IQ4_NL},
};

int room_for_kept(int parallel) {
  return std::max(0, static_cast<int>(llama_max_parallel_sequences()) - parallel);
}

/// The engine divides its context among the sequences. One cache for all has room for one kept prompt more.
std::uint64_t context_parts(const LoadOptions& options, int parallel) {
  return static_cast<std::uint64_t>(parallel) + (options.kept > 0 ? 1 : 0);
}

Outcome<Json> option(const wire::Load& request, const char* name) {
  const auto at = request.options.find(name);
  if (at == request.options.end() || at->second.is_null()) return Json();
  const Result<Json> value = record::checked_param(*record::find_param(name), at->second);
  if (!value) return bad_request(value.error());
  return *value;
}

}  // namespace

std::int32_t default_threads() {
#ifdef ASSAY_LLAMA_COMMON
  return common_cpu_get_num_math();
#else
  return std::max(1, static_cast<std::int32_t>(std::thread::hardware_concurrency()));
#endif
}

std::optional<ggml_type> kv_type_of(std::string_view name) {
  for (const KvType& known : kKvTypes)
    if (name == known.name) return known.type;
  return std::nullopt;
}

std::string kv_type_names() {
  std::vector<std::string> names;
  for (const KvType& known : kKvTypes) names.emplace_back(known.name);
  return join(names, ", ");
}

Outcome<LoadOptions> read_load_options(const wire::Load& request) {
  std::array<Json, 5> values;
  constexpr std::array kNames{"context", "threads", "gpu_layers", "flash_attention", "kv_type"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    Outcome<Json> value = option(request, kNames[i]);
    if (!value) return tl::unexpected(value.error());
    values[i] = std::move(*value);
  }
  const auto& [context, threads, gpu_layers, flash_attention, kv_type] = values;

  LoadOptions options;
  options.model = llama_model_default_params();
  options.context = llama_context_default_params();
  options.default_context = context.is_null();
  if (!context.is_null()) options.context.n_ctx = context.get<std::uint32_t>();
  options.context.n_threads = threads.is_null() ? default_threads() : threads.get<std::int32_t>();
  options.context.n_threads_batch = options.context.n_threads;
  if (!gpu_layers.is_null()) options.model.n_gpu_layers = gpu_layers.get<std::int32_t>();
  if (flash_attention == "on") options.context.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
  if (flash_attention == "off") options.context.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  for (const KvType& known : kKvTypes)
    if (kv_type == known.name) options.context.type_k = options.context.type_v = known.type;
  options.context.n_seq_max = static_cast<std::uint32_t>(request.parallel);
  // What a kept prompt and a running request have in common lies in one cache for all.
  if (request.share_prefixes) options.kept = std::min(kKeptPrompts, room_for_kept(request.parallel));
  options.context.n_seq_max += static_cast<std::uint32_t>(options.kept);
  options.context.n_ubatch = kStepTokens;
  // One row of scores per request in flight, not one per prompt token: with 150,000 tokens in the vocabulary
  // that is 300 MB less.
  options.context.n_outputs_max = options.context.n_seq_max;
  // Each request its own part of the cache: faster than one for all while no prefix is shared.
  options.context.kv_unified = options.kept > 0;
  options.longest = request.longest;
  options.together = options.kept > 0 ? request.together : 0;
  options.default_flash = flash_attention.is_null();
  options.context.no_perf = true;
  if (static_cast<std::size_t>(request.parallel) > llama_max_parallel_sequences())
    return trouble("bad_request", fmt::format("parallel is {}; the engine takes at most {}", request.parallel,
                                              llama_max_parallel_sequences()));
  return options;
}

namespace {

std::uint64_t whole_steps(std::uint64_t tokens) {
  return (tokens + kContextStep - 1) / kContextStep * kContextStep;
}

std::uint64_t context_of_one(const LoadOptions& options, std::uint32_t by_default, int parallel) {
  std::uint64_t each = options.context.n_ctx;
  if (options.default_context) {
    each = by_default;
    // With one request at a time a shorter context would save nothing that shows.
    if (options.longest != 0 && parallel > 1) each = std::min(each, options.longest);
  }
  return whole_steps(each);
}

/// Without flash attention a batch's scores of attention are held at once: micro-batch x context x heads x 4
/// bytes.
std::uint64_t scores_bytes(const llama_context_params& context, const llama_model* model) {
  return std::uint64_t{context.n_ubatch} * context.n_ctx *
         static_cast<std::uint64_t>(std::max(1, llama_model_n_head(model))) * sizeof(float);
}

// Scores of attention that are worth their memory: 0.4 B and 600 tokens in common have 150 MiB.
constexpr std::uint64_t kMostScores = 256ULL << 20U;

/// On processors the engine's flash attention computes each answer's token by itself, in half precision, and
/// in another order of additions than a prompt's. Without it a batch of 32 answers behind 600 common tokens
/// decodes 309 tokens/s instead of 245 (0.4 B, Q4_K_M, two cores), and an answer depends less on its company:
/// 200 of 200 texts of tiny-m are those of a single stream, where with it 185 were.
bool better_without_flash(const LoadOptions& options, const llama_model* model) {
  const auto plain = [](ggml_type type) { return type == GGML_TYPE_F16 || type == GGML_TYPE_F32; };
  return options.kept > 0 && options.default_flash && !llama_supports_gpu_offload() &&
         plain(options.context.type_v) && scores_bytes(options.context, model) <= kMostScores;
}

}  // namespace

std::uint64_t context_of_all(const LoadOptions& options, std::uint32_t by_default, int parallel) {
  const std::uint64_t each = context_of_one(options, by_default, parallel);
  const std::uint64_t most = each * context_parts(options, parallel);
  // A single request must find room for all that it may have.
  if (options.together != 0) return std::clamp(whole_steps(options.together), each, most);
  return most;
}

void settle_context(LoadOptions& options, const llama_model* model, int parallel) {
  if (llama_model_is_recurrent(model) || llama_model_is_hybrid(model) || llama_model_n_swa(model) > 0) {
    options.kept = 0;
    options.together = 0;
    options.context.kv_unified = false;
    options.context.n_seq_max = options.context.n_outputs_max = static_cast<std::uint32_t>(parallel);
  }
  const std::int32_t trained = llama_model_n_ctx_train(model);
  const std::uint32_t most =
      trained > 0 ? std::min(kDefaultContext, static_cast<std::uint32_t>(trained)) : kDefaultContext;
  const std::uint64_t each = context_of_one(options, most, parallel);
  const std::uint64_t all = context_of_all(options, most, parallel);
  options.context.n_ctx = static_cast<std::uint32_t>(std::min<std::uint64_t>(all, UINT32_MAX));
  options.context_each = static_cast<std::uint32_t>(std::min<std::uint64_t>(each, options.context.n_ctx));
  if (better_without_flash(options, model)) options.context.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
}

record::EffectiveParams effective_options(const wire::Load& request, const LoadOptions& options,
                                          const llama_model* model, llama_context* context) {
  record::EffectiveParams effective;
  const auto built = [&](const char* name, Json value) {
    effective[name] = {std::move(value), Applied::verified};
  };
  built("context", options.kept > 0 ? options.context_each : llama_n_ctx_seq(context));
  built("threads", llama_n_threads(context));
  built("parallel", llama_n_seq_max(context) - static_cast<std::uint32_t>(options.kept));
  const bool flash = options.context.flash_attn_type != LLAMA_FLASH_ATTN_TYPE_DISABLED &&
                     engine_line_with("Flash Attention not supported").empty();
  built("flash_attention", flash ? "on" : "off");
  for (const KvType& known : kKvTypes)
    if (options.context.type_k == known.type) built("kv_type", known.name);

  // "load_tensors: offloaded 25/25 layers to GPU"
  int layers = 0;
  const std::string line = engine_line_with("offloaded ");
  const std::size_t at = line.find("offloaded ");
  const bool told = at != std::string::npos && std::sscanf(line.c_str() + at, "offloaded %d/", &layers) == 1;
  if (!llama_supports_gpu_offload()) {
    const bool asked = options.model.n_gpu_layers > 0;
    effective["gpu_layers"] = {0, asked ? Applied::not_supported : Applied::verified};
  } else if (told) {
    built("gpu_layers", layers);
  } else {
    effective["gpu_layers"] = {
        options.model.n_gpu_layers < 0 ? llama_model_n_layer(model) + 1 : options.model.n_gpu_layers,
        Applied::unverified};
  }
  for (const auto& [name, value] : request.options)
    if (!effective.contains(name) && !value.is_null()) effective[name] = {nullptr, Applied::not_supported};
  return effective;
}

}  // namespace assay::llama
