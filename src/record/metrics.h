// The figures of one sample (docs/measurement.md, "Speed"): pure functions of the raw record, and the table
// of all metric names. Formulas name the events of "The events of one trial":
//   sent, accepted, done, scheduled   Sample::times
//   first_token, last_token           first and last of Sample::tokens, answer or reasoning
//   first_answer_token                first of Sample::tokens that is not reasoning
//   n                                 Counts::output_tokens, with reasoning and the end-of-generation token
//
// Unit     milliseconds, or tokens per second, as the name says.
// Absent   nullopt when an input is absent, or when a time that divides is not positive. Never 0 for "not
//          known".
// Errors   none. Status and flags are not looked at: a time-out has a TTFT. Who summarises leaves out what
//          is unfit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "record/sample.h"

namespace assay::record {

/// What a prefill time is measured from.
struct PrefillBasis {
  /// Absent: a worker, which stamps `accepted` when prefill begins. Set: HTTP, whose headers come when the
  /// server likes; the time then counts from `sent`, less this latency of an empty request.
  std::optional<Nanos> base_latency;
  /// HTTP without a measured base latency has no prefill rate.
  bool known = true;
};

/// Tokens and the time they took. Rates of several samples are pooled as sum of tokens over sum of times.
struct Rate {
  double tokens = 0;
  double seconds = 0;
  double per_second() const { return tokens / seconds; }
  bool operator==(const Rate&) const = default;
};

/// Time of the first token event with content, answer or reasoning.
std::optional<Nanos> first_token(const Sample& sample);
/// Time of the first token event that is not reasoning.
std::optional<Nanos> first_answer_token(const Sample& sample);
/// Time of the last token event, the end-of-generation token included.
std::optional<Nanos> last_token(const Sample& sample);

/// first_token − sent. vLLM's and AIPerf's TTFT.
std::optional<double> ttft_ms(const Sample& sample);
/// first_answer_token − sent. GuideLLM's TTFOT, AIPerf's TTFO. Absent while the model only reasoned.
std::optional<double> ttfat_ms(const Sample& sample);
/// (prompt_tokens − cached_prompt_tokens) in the prefill time; cached counts as 0 when not told. The prefill
/// time is first_token − accepted for a worker, first_token − sent − base latency over HTTP. Absent when all
/// was cached.
std::optional<Rate> prefill_rate(const Sample& sample, const PrefillBasis& basis);
std::optional<double> prefill_tps(const Sample& sample, const PrefillBasis& basis);
/// (n − 1) in last_token − first_token; n ≥ 2. llama-bench's tg plus sampling, MLPerf Client's 2nd+ token
/// rate.
std::optional<Rate> decode_rate(const Sample& sample);
std::optional<double> decode_tps(const Sample& sample);
/// n ÷ (last_token − sent), TTFT included: `e2e` of the tokens-per-second assertion.
std::optional<double> e2e_tps(const Sample& sample);
/// (last_token − first_token) ÷ (n − 1), one per request; n ≥ 2. GuideLLM's and AIPerf's ITL.
std::optional<double> mean_itl_ms(const Sample& sample);
/// (done − first_token) ÷ (n − 1); n ≥ 2. vLLM's and LoadGen's TPOT.
std::optional<double> tpot_ms(const Sample& sample);
/// last_token − sent.
std::optional<double> e2e_ms(const Sample& sample);
/// last_token − scheduled: the wait of a request that was due and could not be sent counts (coordinated
/// omission). Tries that failed meanwhile, and the pauses after them, do not.
std::optional<double> scheduled_e2e_ms(const Sample& sample);
/// `itl_ms`: the gap before each token event but the first ÷ tokens in that event, for one pooled
/// distribution. One value per event: several tokens that came together have no gaps of their own to tell.
std::vector<double> itl_gaps_ms(const Sample& sample);
/// Of the engine's process tree since the load, in MiB of 2^20 bytes.
std::optional<double> peak_memory_mib(const Sample& sample);

/// How a row's headline comes about.
enum class Headline {
  pooled,  ///< sum of tokens ÷ sum of times
  median,
};
/// Which way is good.
enum class Better { lower, higher, neither };

/// One metric of docs/measurement.md.
struct MetricSpec {
  std::string_view name;  ///< as in JSON and CSV
  std::string_view unit;
  std::string_view help;  ///< the formula, for people
  Headline headline = Headline::median;
  Better better = Better::lower;
  /// Samples with one of these flags stay out of the headline. `batched` is among them because single-stream
  /// speed is what a table shows by default; a run that asked for several requests in flight takes it out
  /// (see spoils()).
  Flags spoiled_by = 0;
  /// The figure of one sample, or nullptr where the metric belongs to a model (load_ms) or to all gaps
  /// (itl_ms).
  std::optional<double> (*of)(const Sample&, const PrefillBasis&) = nullptr;
  /// Pooled metrics: tokens and time of one sample.
  std::optional<Rate> (*rate)(const Sample&, const PrefillBasis&) = nullptr;
};

/// All metrics, in the order in which tables show them.
std::span<const MetricSpec> metric_table();
/// nullptr for an unknown name.
const MetricSpec* find_metric(std::string_view name);
/// Whether a sample with these flags stays out of the metric's headline. `parallel`: requests that the load
/// pattern holds in flight; above 1 sharing a batch is what was asked for.
bool spoils(Flags flags, const MetricSpec& metric, int parallel);

}  // namespace assay::record
