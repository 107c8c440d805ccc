#include <algorithm>

#include <fmt/format.h>

#include "cli/recommendation.h"

namespace assay::cli {
namespace {

double gib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0);
}

/// "about 12 tokens/s", "at most 34 tokens/s"
std::string speed_words(const Candidate& one) {
  const double tps = *one.decode_tps();
  return fmt::format("{} {:.{}f} tokens/s", one.speed && one.speed->decode ? "about" : "at most", tps,
                     tps < 20 ? 1 : 0);
}

/// "qwen3-8b in Q4_K_M"
std::string name_of(const Candidate& one) {
  return fmt::format("{} in {}", one.shape->name, one.mix);
}

/// Where nothing is known of speed: the largest in its most faithful mix.
std::string largest_words(const std::vector<Candidate>& all, const RecommendOptions& options) {
  const auto fine = std::find_if(all.begin(), all.end(),
                                 [&](const Candidate& one) { return one.fits && !is_coarse(one, options); });
  const Candidate& one = fine == all.end() ? all.front() : *fine;
  return fmt::format(
      "The largest that fits: {} ({:.1f} GiB). How fast it would be is not known without --bandwidth.",
      name_of(one), gib(one.need.total));
}

}  // namespace

std::string verdict(const std::vector<Candidate>& all, const RecommendOptions& options, const Room& room) {
  // By what it needs, so that where nothing fits the nearest to it is named.
  const auto smallest = std::min_element(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.need.total < b.need.total;
  });
  if (smallest == all.end()) return "No model was asked for.";
  if (!smallest->fits)
    return fmt::format("None of them fits: {}, the smallest, needs {:.1f} GiB and {:.1f} GiB are there.",
                       name_of(*smallest), gib(smallest->need.total), gib(room.bytes));
  if (const Candidate* best = pick(all, options))
    return fmt::format("To begin with: {}, the largest that {} ({}, {:.1f} GiB).", name_of(*best),
                       best->speed && best->speed->decode ? "will not be slow" : "need not be slow",
                       speed_words(*best), gib(best->need.total));
  const Candidate* fastest = nullptr;
  for (const Candidate& one : all) {
    if (one.fits && one.decode_tps() && (fastest == nullptr || *one.decode_tps() > *fastest->decode_tps()))
      fastest = &one;
  }
  if (fastest == nullptr) return largest_words(all, options);
  return fmt::format("All that fit {}are slow: the fastest is {} ({}, {:.1f} GiB).",
                     is_coarse(*fastest, options) && !fastest->slow() ? "in Q4_K_M or better " : "",
                     name_of(*fastest), speed_words(*fastest), gib(fastest->need.total));
}

}  // namespace assay::cli
