#include "model/memory.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/tensor_type.h"

namespace assay::model {
namespace {

constexpr std::uint64_t kContextStep = 256;  // llama.cpp rounds the context up to this
constexpr double kMebi = 1024.0 * 1024.0;

// Everything here is a size that a stranger's file asks for; above this it is nonsense and no number is
// given.
constexpr long double kMostBytes = 1e18L;

std::optional<std::uint64_t> whole(long double bytes) {
  if (!(bytes >= 0 && bytes < kMostBytes)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::optional<long double> bytes_per_element(const std::string& type_name) {
  const auto type = tensor_type(type_name);
  if (!type) return std::nullopt;
  return static_cast<long double>(type->block_bytes) / static_cast<long double>(type->block_elements);
}

long double whole_steps(std::uint64_t tokens) {
  const auto all = static_cast<long double>(tokens);
  return static_cast<long double>(static_cast<std::uint64_t>((all + kContextStep - 1) / kContextStep)) *
         kContextStep;
}

long double padded_context(const MemoryOptions& options) {
  return whole_steps(options.context);
}

/// Tokens that one head of a layer keeps, over all of them.
long double kept_tokens(const ModelFacts& facts, const MemoryOptions& options) {
  const auto heads = static_cast<long double>(*facts.kv_heads_total);
  if (!options.windows_alone || !facts.sliding_window || !facts.sliding_kv_heads_total)
    return padded_context(options) * heads;
  const auto sliding = static_cast<long double>(*facts.sliding_kv_heads_total);
  const long double window =
      std::min(padded_context(options),
               whole_steps(std::min(*facts.sliding_window, options.context) + options.micro_batch));
  return padded_context(options) * (heads - sliding) + window * sliding;
}

// Intermediate results of one micro-batch of b tokens, E the embedding and F the feed-forward length:
//   b x (4 bytes x (3 F + 4 E) + 2 bytes x context)
// The second part is the attention mask. Found by comparing with what llama.cpp (ggml 0.25.3, CPU, flash
// attention) says it reserves, for E/F of 896/4864, 2048/8192, 2048/1024 and 128/384 and contexts of 1024 to
// 32768: equal within 0.02 MiB. Without flash attention, or on an accelerator, it is an order of magnitude.
std::optional<std::uint64_t> compute_bytes(const ModelFacts& facts, const MemoryOptions& options) {
  if (!facts.embedding || !facts.feed_forward) return std::nullopt;
  const long double numbers =
      3 * static_cast<long double>(*facts.feed_forward) + 4 * static_cast<long double>(*facts.embedding);
  return whole(static_cast<long double>(options.micro_batch) *
               (sizeof(float) * numbers + 2 * padded_context(options)));
}

// The worker with nothing in it, and what it keeps for each token of the vocabulary. Found by comparing with
// the peaks of bench/memory.py: 54 MiB beside weights, cache and buffers for 151,936 tokens, 48 for 128,256.
constexpr std::uint64_t kProcessBytes = 12U << 20U;
constexpr std::uint64_t kBytesPerToken = 290;

std::optional<std::uint64_t> runtime_bytes(const ModelFacts& facts) {
  return whole(static_cast<long double>(kProcessBytes) +
               static_cast<long double>(kBytesPerToken) *
                   static_cast<long double>(facts.vocabulary.value_or(0)));
}

}  // namespace

std::optional<std::uint64_t> kv_cache_bytes(const ModelFacts& facts, const MemoryOptions& options) {
  const auto key_bytes = bytes_per_element(options.key_type);
  const auto value_bytes = bytes_per_element(options.value_type);
  if (!facts.plain_attention || !facts.kv_heads_total || !facts.key_length || !facts.value_length ||
      !key_bytes || !value_bytes) {
    return std::nullopt;
  }
  const long double per_head = static_cast<long double>(*facts.key_length) * *key_bytes +
                               static_cast<long double>(*facts.value_length) * *value_bytes;
  return whole(kept_tokens(facts, options) * per_head);
}

std::optional<MemoryNeed> memory_need(const ModelFacts& facts, const MemoryOptions& options) {
  const auto cache = kv_cache_bytes(facts, options);
  const auto compute = compute_bytes(facts, options);
  const auto runtime = runtime_bytes(facts);
  if (!cache || !compute || !runtime || facts.tensor_count == 0) return std::nullopt;
  return MemoryNeed{.weights = facts.tensor_bytes,
                    .kv_cache = *cache,
                    .compute = *compute,
                    .runtime = *runtime,
                    .total = facts.tensor_bytes + *cache + *compute + *runtime,
                    .repacked = repacked_bytes(facts, options.processor)};
}

Result<void> fits_memory(const std::string& path, const ModelFacts& facts, const MemoryOptions& options,
                         std::uint64_t available) {
  const auto need = memory_need(facts, options);
  const std::uint64_t least = need ? need->total : facts.tensor_bytes;
  if (least <= available) return {};
  const auto mebi = [](std::uint64_t bytes) { return static_cast<double>(bytes) / kMebi; };
  const std::string parts =
      need ? fmt::format(" (weights {:.0f}, KV cache for {} tokens {:.0f}, buffers {:.0f}, program {:.0f})",
                         mebi(need->weights), options.context, mebi(need->kv_cache), mebi(need->compute),
                         mebi(need->runtime))
           : std::string(" for its weights");
  const bool cache_matters = need && need->weights < available;
  return fail({.code = Code::out_of_memory,
               .where = {.file = path},
               .found = fmt::format("the model needs about {:.0f} MiB{}, {:.0f} MiB are available",
                                    mebi(least), parts, mebi(available)),
               .expected = "a model that fits into memory",
               .remedy = cache_matters ? "Set a smaller context_length, or close other programs"
                                       : "Choose a smaller model or quantisation, or close other programs"});
}

}  // namespace assay::model
