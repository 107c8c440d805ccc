#include "record/metrics.h"

#include <algorithm>
#include <array>

namespace assay::record {
namespace {

constexpr double kNanosPerMs = 1e6;
constexpr double kNanosPerSecond = 1e9;
constexpr double kBytesPerMib = 1024.0 * 1024.0;

std::optional<double> ms_between(std::optional<Nanos> from, std::optional<Nanos> to) {
  if (!from || !to) return std::nullopt;
  return static_cast<double>((*to - *from).count()) / kNanosPerMs;
}

std::optional<Rate> rate_of(double tokens, Nanos time) {
  if (!(tokens > 0) || time.count() <= 0) return std::nullopt;
  return Rate{tokens, static_cast<double>(time.count()) / kNanosPerSecond};
}

std::optional<double> per_second(const std::optional<Rate>& rate) {
  if (!rate) return std::nullopt;
  return rate->per_second();
}

/// n − 1: tokens after the first; absent below n = 2.
std::optional<double> later_tokens(const Sample& sample) {
  const std::optional<std::uint32_t> n = sample.counts.output_tokens;
  if (!n || *n < 2) return std::nullopt;
  return static_cast<double>(*n) - 1;
}

/// Each metric with the basis that only prefill needs.
template <std::optional<double> (*metric)(const Sample&)>
std::optional<double> plain(const Sample& sample, const PrefillBasis&) {
  return metric(sample);
}

std::optional<Rate> decode_rate_of(const Sample& sample, const PrefillBasis&) {
  return decode_rate(sample);
}

// docs/measurement.md, "What makes a sample unfit", column "spoils".
constexpr Flags kEverything = bit(Flag::truncated_prompt);
constexpr Flags kSpeed = kEverything | bit(Flag::early_stop) | bit(Flag::throttled) | bit(Flag::contended) |
                         bit(Flag::on_battery) | bit(Flag::low_power_mode) | bit(Flag::batched);
constexpr Flags kLatency = kSpeed | bit(Flag::client_bound);
constexpr Flags kFirst = kLatency | bit(Flag::cached_prefix);
// A count taken from chunks is no measurement: one chunk can hold several tokens.
constexpr Flags kCounted = bit(Flag::estimated_count);

constexpr std::array kMetrics{
    MetricSpec{"decode_tps", "tokens/s", "(n - 1) / (last_token - first_token)", Headline::pooled,
               Better::higher, kSpeed | kCounted, plain<decode_tps>, decode_rate_of},
    MetricSpec{"prefill_tps", "tokens/s", "(prompt_tokens - cached_prompt_tokens) / prefill time",
               Headline::pooled, Better::higher, kSpeed | kCounted | bit(Flag::cached_prefix), prefill_tps,
               prefill_rate},
    MetricSpec{"ttft_ms", "ms", "first_token - sent", Headline::median, Better::lower, kFirst, plain<ttft_ms>,
               nullptr},
    MetricSpec{"ttfat_ms", "ms", "first_answer_token - sent", Headline::median, Better::lower, kFirst,
               plain<ttfat_ms>, nullptr},
    MetricSpec{"itl_ms", "ms", "gaps between token events / tokens in the event, pooled", Headline::median,
               Better::lower, kLatency | kCounted, nullptr, nullptr},
    MetricSpec{"mean_itl_ms", "ms", "(last_token - first_token) / (n - 1)", Headline::median, Better::lower,
               kLatency | kCounted, plain<mean_itl_ms>, nullptr},
    MetricSpec{"tpot_ms", "ms", "(done - first_token) / (n - 1)", Headline::median, Better::lower,
               kLatency | kCounted, plain<tpot_ms>, nullptr},
    MetricSpec{"e2e_ms", "ms", "last_token - sent", Headline::median, Better::lower, kLatency, plain<e2e_ms>,
               nullptr},
    MetricSpec{"scheduled_e2e_ms", "ms", "last_token - scheduled", Headline::median, Better::lower, kLatency,
               plain<scheduled_e2e_ms>, nullptr},
    MetricSpec{"load_ms", "ms", "load of the model, apart from all latencies", Headline::median,
               Better::lower, 0, nullptr, nullptr},
    MetricSpec{"peak_memory_mib", "MiB", "peak of the engine's process tree since the load", Headline::median,
               Better::lower, kEverything, plain<peak_memory_mib>, nullptr},
    MetricSpec{"load_memory_mib", "MiB", "memory of the engine's process tree after the load",
               Headline::median, Better::lower, 0, nullptr, nullptr},
};

}  // namespace

std::optional<Nanos> first_token(const Sample& sample) {
  if (sample.tokens.empty()) return std::nullopt;
  return sample.tokens.front().at;
}

std::optional<Nanos> first_answer_token(const Sample& sample) {
  const auto at = std::find_if(sample.tokens.begin(), sample.tokens.end(),
                               [](const TokenEvent& event) { return event.kind != TokenKind::reasoning; });
  if (at == sample.tokens.end()) return std::nullopt;
  return at->at;
}

std::optional<Nanos> last_token(const Sample& sample) {
  if (sample.tokens.empty()) return std::nullopt;
  return sample.tokens.back().at;
}

std::optional<double> ttft_ms(const Sample& sample) {
  return ms_between(sample.times.sent, first_token(sample));
}

std::optional<double> ttfat_ms(const Sample& sample) {
  return ms_between(sample.times.sent, first_answer_token(sample));
}

std::optional<Rate> prefill_rate(const Sample& sample, const PrefillBasis& basis) {
  const std::optional<Nanos> first = first_token(sample);
  const std::optional<Nanos> from = basis.base_latency ? sample.times.sent : sample.times.accepted;
  if (!basis.known || !first || !from || !sample.counts.prompt_tokens) return std::nullopt;
  const double cached = sample.counts.cached_prompt_tokens.value_or(0);
  return rate_of(static_cast<double>(*sample.counts.prompt_tokens) - cached,
                 *first - *from - basis.base_latency.value_or(Nanos{0}));
}

std::optional<double> prefill_tps(const Sample& sample, const PrefillBasis& basis) {
  return per_second(prefill_rate(sample, basis));
}

std::optional<Rate> decode_rate(const Sample& sample) {
  const std::optional<double> later = later_tokens(sample);
  if (!later || sample.tokens.empty()) return std::nullopt;
  return rate_of(*later, *last_token(sample) - *first_token(sample));
}

std::optional<double> decode_tps(const Sample& sample) {
  return per_second(decode_rate(sample));
}

std::optional<double> e2e_tps(const Sample& sample) {
  if (!sample.counts.output_tokens || !sample.times.sent || sample.tokens.empty()) return std::nullopt;
  return per_second(rate_of(*sample.counts.output_tokens, *last_token(sample) - *sample.times.sent));
}

std::optional<double> mean_itl_ms(const Sample& sample) {
  const std::optional<double> later = later_tokens(sample);
  const std::optional<double> whole = ms_between(first_token(sample), last_token(sample));
  if (!later || !whole || *whole <= 0) return std::nullopt;
  return *whole / *later;
}

std::optional<double> tpot_ms(const Sample& sample) {
  const std::optional<double> later = later_tokens(sample);
  const std::optional<double> whole = ms_between(first_token(sample), sample.times.done);
  if (!later || !whole || *whole <= 0) return std::nullopt;
  return *whole / *later;
}

std::optional<double> e2e_ms(const Sample& sample) {
  return ms_between(sample.times.sent, last_token(sample));
}

std::optional<double> scheduled_e2e_ms(const Sample& sample) {
  std::optional<double> whole = ms_between(sample.times.scheduled, last_token(sample));
  if (!whole) return whole;
  for (const Attempt& failed : sample.attempts) {
    if (failed.began >= sample.times.scheduled)
      *whole -= *ms_between(failed.began, failed.ended + failed.pause);
  }
  return whole;
}

std::vector<double> itl_gaps_ms(const Sample& sample) {
  std::vector<double> gaps;
  if (sample.tokens.size() < 2) return gaps;
  gaps.reserve(sample.tokens.size() - 1);
  Nanos before = sample.tokens.front().at;
  for (const TokenEvent& event : std::span(sample.tokens).subspan(1)) {
    if (event.count == 0) continue;  // text without a token of its own, whose time the next token took
    gaps.push_back(*ms_between(before, event.at) / event.count);
    before = event.at;
  }
  return gaps;
}

std::optional<double> peak_memory_mib(const Sample& sample) {
  if (!sample.peak_memory_bytes) return std::nullopt;
  return static_cast<double>(*sample.peak_memory_bytes) / kBytesPerMib;
}

std::span<const MetricSpec> metric_table() {
  return kMetrics;
}

const MetricSpec* find_metric(std::string_view name) {
  const auto at = std::find_if(kMetrics.begin(), kMetrics.end(),
                               [&](const MetricSpec& spec) { return spec.name == name; });
  return at == kMetrics.end() ? nullptr : &*at;
}

bool spoils(Flags flags, const MetricSpec& metric, int parallel) {
  const Flags asked_for = parallel > 1 ? bit(Flag::batched) : 0;
  return (flags & metric.spoiled_by & ~asked_for) != 0;
}

}  // namespace assay::record
