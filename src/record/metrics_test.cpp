#include "record/metrics.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace assay::record {
namespace {

using namespace std::chrono_literals;

constexpr PrefillBasis kWorker{};

/// n = 101; sent at 0, first token at 0.5 s, one every 40 ms, the last at 4.5 s (docs/measurement.md).
Sample published() {
  Sample sample;
  sample.times.sent = 0ns;
  for (int i = 0; i < 101; ++i) sample.tokens.push_back({500ms + i * 40ms, 1, TokenKind::answer});
  sample.counts.output_tokens = 101;
  return sample;
}

TEST(Metrics, published_example) {
  const Sample sample = published();
  EXPECT_DOUBLE_EQ(*decode_tps(sample), 25.0);  // 100 / 4.0 s
  EXPECT_NEAR(*e2e_tps(sample), 22.44, 0.005);  // 101 / 4.5 s = 22.444…
  EXPECT_DOUBLE_EQ(*ttft_ms(sample), 500);
  EXPECT_DOUBLE_EQ(*mean_itl_ms(sample), 40);  // 4000 ms / 100
  EXPECT_DOUBLE_EQ(*e2e_ms(sample), 4500);
  EXPECT_EQ(decode_rate(sample), (Rate{100, 4}));
}

/// A reasoning model over a queue: due at 1 s, sent at 1.2 s, accepted at 1.25 s, two reasoning tokens at 1.5
/// and 1.6 s, one chunk of 3 answer tokens at 1.9 s, one token at 2.0 s, closed at 2.3 s. n = 6.
Sample queued() {
  Sample sample;
  sample.times = {.scheduled = 1s, .sent = 1200ms, .accepted = 1250ms, .done = 2300ms};
  sample.tokens = {{1500ms, 1, TokenKind::reasoning},
                   {1600ms, 1, TokenKind::reasoning},
                   {1900ms, 3, TokenKind::answer},
                   {2000ms, 1, TokenKind::answer}};
  sample.counts.prompt_tokens = 60;
  sample.counts.output_tokens = 6;
  return sample;
}

TEST(Metrics, every_event_counts_from_its_own_place) {
  const Sample sample = queued();
  EXPECT_DOUBLE_EQ(*ttft_ms(sample), 300);            // 1.5 - 1.2
  EXPECT_DOUBLE_EQ(*ttfat_ms(sample), 700);           // 1.9 - 1.2
  EXPECT_DOUBLE_EQ(*e2e_ms(sample), 800);             // 2.0 - 1.2
  EXPECT_DOUBLE_EQ(*scheduled_e2e_ms(sample), 1000);  // 2.0 - 1.0
  EXPECT_DOUBLE_EQ(*decode_tps(sample), 10);          // 5 / 0.5 s
  EXPECT_DOUBLE_EQ(*mean_itl_ms(sample), 100);        // 500 / 5
  EXPECT_DOUBLE_EQ(*tpot_ms(sample), 160);            // (2.3 - 1.5) / 5
}

TEST(Metrics, tries_that_failed_are_in_no_latency) {
  Sample sample = queued();
  // Failed from 1.05 to 1.06 s and paused for 100 ms; what failed before it was due cost it nothing.
  sample.attempts = {{.began = 200ms, .sent = 210ms, .ended = 900ms, .pause = {}, .reason = "server_exit"},
                     {.began = 1050ms,
                      .sent = 1055ms,
                      .ended = 1060ms,
                      .pause = 100ms,
                      .reason = "http",
                      .http_status = 429}};
  sample.attempt = 2;
  EXPECT_DOUBLE_EQ(*scheduled_e2e_ms(sample), 890);  // 2.0 - 1.0 - 0.11: its turn was waited for all the same
  for (const MetricSpec& metric : metric_table()) {
    if (metric.of == nullptr || metric.name == "scheduled_e2e_ms") continue;
    EXPECT_EQ(metric.of(sample, kWorker), metric.of(queued(), kWorker)) << metric.name;
  }
}

TEST(Metrics, a_gap_is_shared_by_the_tokens_of_its_event) {
  // 100 ms for 1 token, 300 ms for 3, 100 ms for 1: one value each.
  EXPECT_EQ(itl_gaps_ms(queued()), (std::vector<double>{100, 100, 100}));
  EXPECT_TRUE(itl_gaps_ms(Sample{}).empty());
}

TEST(Metrics, text_without_a_token_takes_no_time_from_the_next) {
  Sample sample = queued();
  sample.tokens[1].count = 0;
  EXPECT_EQ(itl_gaps_ms(sample), (std::vector<double>{400.0 / 3, 100}));  // 1.5 … 1.9 s for 3 tokens
}

TEST(Metrics, prefill_of_a_worker_counts_from_accepted) {
  EXPECT_DOUBLE_EQ(*prefill_tps(queued(), kWorker), 240);  // 60 / (1.5 - 1.25)
}

TEST(Metrics, prefill_over_http_needs_the_base_latency) {
  EXPECT_DOUBLE_EQ(*prefill_tps(queued(), {.base_latency = 100ms, .known = true}), 300);  // 60 / (0.3 - 0.1)
  EXPECT_EQ(prefill_tps(queued(), {.base_latency = {}, .known = false}), std::nullopt);
  EXPECT_EQ(prefill_tps(queued(), {.base_latency = 300ms, .known = true}), std::nullopt);  // no time is left
}

TEST(Metrics, cached_prompt_tokens_were_not_computed) {
  Sample sample = queued();
  sample.counts.cached_prompt_tokens = 50;
  EXPECT_DOUBLE_EQ(*prefill_tps(sample, kWorker), 40);  // 10 / 0.25
  sample.counts.cached_prompt_tokens = 60;
  EXPECT_EQ(prefill_tps(sample, kWorker), std::nullopt);
}

TEST(Metrics, one_token_has_a_ttft_and_no_rate) {
  Sample sample = published();
  sample.tokens.resize(1);
  sample.counts.output_tokens = 1;
  EXPECT_TRUE(ttft_ms(sample));
  EXPECT_EQ(decode_tps(sample), std::nullopt);
  EXPECT_EQ(mean_itl_ms(sample), std::nullopt);
  EXPECT_EQ(tpot_ms(sample), std::nullopt);
}

TEST(Metrics, two_tokens_at_one_moment_have_no_rate) {
  Sample sample = published();
  sample.tokens = {{1s, 1, TokenKind::answer}, {1s, 1, TokenKind::answer}};
  sample.counts.output_tokens = 2;
  EXPECT_EQ(decode_tps(sample), std::nullopt);
  EXPECT_EQ(mean_itl_ms(sample), std::nullopt);
}

TEST(Metrics, a_model_that_only_reasoned_has_no_first_answer) {
  Sample sample = published();
  for (TokenEvent& event : sample.tokens) event.kind = TokenKind::reasoning;
  EXPECT_TRUE(ttft_ms(sample));
  EXPECT_EQ(ttfat_ms(sample), std::nullopt);
}

TEST(Metrics, every_metric_of_an_empty_sample_is_absent) {
  for (const MetricSpec& metric : metric_table()) {
    EXPECT_TRUE(metric.of == nullptr || metric.of(Sample{}, kWorker) == std::nullopt) << metric.name;
    EXPECT_TRUE(metric.rate == nullptr || metric.rate(Sample{}, kWorker) == std::nullopt) << metric.name;
  }
  EXPECT_EQ(e2e_tps(Sample{}), std::nullopt);
}

TEST(Metrics, the_table_names_each_metric_once_and_computes_it) {
  std::set<std::string_view> names;
  for (const MetricSpec& metric : metric_table()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(metric.headline == Headline::pooled, metric.rate != nullptr) << metric.name;
    EXPECT_EQ(find_metric(metric.name), &metric);
  }
  EXPECT_EQ(find_metric("tpot"), nullptr);
  EXPECT_DOUBLE_EQ(*find_metric("decode_tps")->of(published(), kWorker), 25);
  EXPECT_DOUBLE_EQ(*find_metric("prefill_tps")->of(queued(), kWorker), 240);
  EXPECT_DOUBLE_EQ(*find_metric("scheduled_e2e_ms")->of(queued(), kWorker), 1000);
}

/// Names of the metrics that a flag alone keeps out of the headline.
std::string spoiled_by(Flag flag, int parallel = 1) {
  std::string names;
  for (const MetricSpec& metric : metric_table()) {
    if (spoils(bit(flag), metric, parallel)) names += std::string(metric.name) + " ";
  }
  return names;
}

TEST(Metrics, a_flag_spoils_what_it_spoils) {
  const std::string speed =
      "decode_tps prefill_tps ttft_ms ttfat_ms itl_ms mean_itl_ms tpot_ms e2e_ms scheduled_e2e_ms ";
  EXPECT_EQ(spoiled_by(Flag::truncated_prompt), speed + "peak_memory_mib ");
  EXPECT_EQ(spoiled_by(Flag::throttled), speed);
  EXPECT_EQ(spoiled_by(Flag::cached_prefix), "prefill_tps ttft_ms ttfat_ms ");
  EXPECT_EQ(spoiled_by(Flag::client_bound),
            "ttft_ms ttfat_ms itl_ms mean_itl_ms tpot_ms e2e_ms scheduled_e2e_ms ");
  EXPECT_EQ(spoiled_by(Flag::estimated_count), "decode_tps prefill_tps itl_ms mean_itl_ms tpot_ms ");
  EXPECT_EQ(spoiled_by(Flag::incomplete), "");      // accuracy only
  EXPECT_EQ(spoiled_by(Flag::count_mismatch), "");  // shown, spoils nothing
  EXPECT_EQ(spoiled_by(Flag::batched), speed);
  EXPECT_EQ(spoiled_by(Flag::batched, 4), "");  // four in flight is what was asked for
}

}  // namespace
}  // namespace assay::record
