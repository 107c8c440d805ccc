#include "memory_need.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/process.h"
#include "engine_log.h"

#ifdef ASSAY_LLAMA_COMMON
#include <llama-common/fit.h>
#endif

namespace assay::llama {
namespace {

// A dry run reads the vocabulary a second time (0.2 s for 150,000 tokens), so it is spared where file and
// context are small beside the memory that is there: a file below this share of it, and a context below
// kSmallContext.
constexpr double kSmallShare = 0.25;
constexpr std::uint64_t kSmallContext = 64 * 1024;
// A dry run allocates the book-keeping of the cache, some 60 bytes for each token of context. Above this
// length it is made for two shorter contexts and continued as the straight line that it is.
constexpr std::uint64_t kLongestTrial = 64 * 1024;
constexpr std::uint64_t kShortestTrialEach = 1024;  // the engine rounds up to 256 for each request

#ifdef ASSAY_LLAMA_COMMON

struct Need {
  std::uint64_t model = 0;
  std::uint64_t context = 0;  ///< with the buffers of the computation
  std::uint64_t total() const { return model + context; }
};

/// The engine lays everything out without allocating. Absent when it cannot.
std::optional<Need> try_layout(const std::string& path, LoadOptions options, std::uint64_t context) {
  options.context.n_ctx = static_cast<std::uint32_t>(context);
  try {
    std::vector<ggml_backend_dev_t> devices;
    std::uint32_t layers = 0;
    std::uint32_t trained = 0;
    std::uint32_t experts = 0;
    const common_device_memory_data_vec data =
        common_get_device_memory_data(path.c_str(), &options.model, &options.context, devices, layers,
                                      trained, experts, GGML_LOG_LEVEL_ERROR);
    if (data.empty()) return std::nullopt;
    const common_device_memory_data& host = data.back();
    return Need{.model = host.model, .context = host.context + host.compute};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<Need> main_memory_need(const std::string& path, const LoadOptions& options,
                                     std::uint64_t context) {
  const std::uint64_t longest =
      std::max<std::uint64_t>(kLongestTrial, 2 * kShortestTrialEach * options.context.n_seq_max);
  if (context <= longest) return try_layout(path, options, context);
  const std::uint64_t middle = longest / 2;
  const std::optional<Need> half = try_layout(path, options, middle);
  const std::optional<Need> whole = half ? try_layout(path, options, longest) : std::nullopt;
  if (!whole) return std::nullopt;
  const double each =
      static_cast<double>(whole->context - half->context) / static_cast<double>(longest - middle);
  return Need{
      .model = whole->model,
      .context = whole->context + static_cast<std::uint64_t>(each * static_cast<double>(context - longest))};
}

#endif

}  // namespace

Outcome<void> check_memory(const std::string& path, const LoadOptions& options, int parallel) {
#ifdef ASSAY_LLAMA_COMMON
  const std::optional<std::uint64_t> available = available_memory();
  const std::uint64_t file = file_size(path).value_or(0);
  const std::uint64_t context = context_of_all(options, kDefaultContext, parallel);
  if (!available ||
      (static_cast<double>(file) < kSmallShare * static_cast<double>(*available) && context <= kSmallContext))
    return {};
  const std::optional<Need> need = main_memory_need(path, options, context);
  if (!need || need->total() <= *available) return {};
  constexpr double kMiB = 1024.0 * 1024.0;
  return trouble(
      "engine_oom",
      fmt::format(
          "{}: needs about {:.0f} MiB (weights {:.0f}, context and buffers {:.0f}) and {:.0f} MiB are "
          "available; take a smaller context, a smaller quantisation, or stop other programs",
          path, static_cast<double>(need->total()) / kMiB, static_cast<double>(need->model) / kMiB,
          static_cast<double>(need->context) / kMiB, static_cast<double>(*available) / kMiB));
#else
  (void)path, (void)options, (void)parallel;
  return {};
#endif
}

}  // namespace assay::llama
