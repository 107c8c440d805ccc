#include "cli/parallel_choice.h"

#include <algorithm>
#include <optional>

#include "backend/table.h"
#include "base/process.h"
#include "model/facts.h"
#include "model/memory.h"

namespace assay::cli {
namespace {

// Tokens a second of all streams together still rise up to here: 61 for one stream, 103 for 8, 144 for 16,
// 151 for 32 (llama-batched-bench, 0.5 B, Q4_0, two cores that others used as well).
constexpr std::uint64_t kMost = 32;
constexpr std::uint64_t kServer = 4;
constexpr std::uint64_t kDue = 256;
constexpr std::uint64_t kShareOfMemory = 4;

/// What fits for a model file; kMost where the need cannot be told (the worker refuses what does not fit).
std::uint64_t fitting(const std::string& path, std::uint64_t context) {
  const auto facts = model::inspect(path);
  const auto available = available_memory();
  if (!facts || !available) return kMost;
  model::MemoryOptions options;
  options.context = context;
  const auto each = model::kv_cache_bytes(*facts, options);
  if (!each || *each == 0) return kMost;
  return std::clamp<std::uint64_t>(*available / kShareOfMemory / *each, 1, kMost);
}

}  // namespace

void choose_parallel(record::Plan& plan) {
  if (!plan.load.automatic && !plan.load.rate_per_s) return;
  for (record::Stretch& stretch : plan.stretches) {
    const record::ModelSpec& spec = plan.models[stretch.model];
    const backend::Entry* entry = backend::find(spec.engine);
    const bool server = entry != nullptr && entry->over_http;
    std::uint64_t most = server ? kServer : kMost;
    // What is due goes out: whether the server takes it or lets it wait is what such a load measures.
    if (plan.load.rate_per_s && (server || spec.engine == "fake")) most = kDue;
    if (spec.engine == "llama") {
      const auto asked = stretch.load_params.find("context");
      most = fitting(spec.model, asked != stretch.load_params.end() && asked->second.is_number_unsigned()
                                     ? asked->second.get<std::uint64_t>()
                                     : plan.longest_request);
    }
    const std::uint64_t shared = stretch.end - stretch.begin - stretch.alone.value_or(0);
    stretch.parallel =
        static_cast<int>(std::clamp<std::uint64_t>(most, 1, std::max<std::uint64_t>(1, shared)));
  }
}

}  // namespace assay::cli
