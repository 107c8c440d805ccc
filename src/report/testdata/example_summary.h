// Summaries written down by hand, so that golden outputs test the rendering and nothing else.
#pragma once

#include <cmath>
#include <string>

#include "stats/summary.h"

namespace assay::report::example {

inline stats::MetricSummary metric(double headline, std::optional<stats::Interval> ci95, std::uint64_t n) {
  stats::MetricSummary m;
  m.headline = headline;
  m.ci95 = ci95;
  m.n = m.values = n;
  m.mean = m.median = headline;
  m.sd = headline / 8;
  m.min = headline / 2;
  m.p5 = headline * 0.75;
  m.p95 = headline * 1.25;
  m.max = headline * 1.5;
  m.method = "median; bootstrap over cases";
  return m;
}

inline stats::SummaryRow row(std::string label, std::uint64_t params, std::uint64_t passed,
                             std::uint64_t failed) {
  stats::SummaryRow r;
  r.model_label = std::move(label);
  r.params = params;
  r.cases = passed + failed;
  r.passed = passed;
  r.failed = failed;
  r.accuracy = static_cast<double>(passed) / static_cast<double>(passed + failed);
  r.score = r.low = r.high = r.accuracy;
  r.coverage = 1;
  r.accuracy_method = "wilson";
  r.accuracy_se = std::sqrt(*r.accuracy * (1 - *r.accuracy) / static_cast<double>(passed + failed - 1));
  r.reasons["fail:mismatch"] = failed;
  return r;
}

/// Two models, everything measured, both differences shown.
inline stats::Summary demo() {
  stats::Summary s;
  s.run_id = "01abcdefg0123456";
  s.suite_name = "sums";
  s.state = "finished";
  s.started = "2026-01-01T12:00:00.000000000Z";
  s.assay_version = "0.1.0";
  s.sandbox = "none";
  s.rows = {row("tiny-s", 926'208, 30, 20), row("tiny-m", 4'213'760, 46, 4)};
  s.rows[0].accuracy_ci95 = stats::Interval{0.4618, 0.7239};
  s.rows[1].accuracy_ci95 = stats::Interval{0.8116, 0.9685};
  s.rows[1].model = 1;
  const double scale[] = {1, 3.25};
  for (std::size_t r = 0; r < 2; ++r) {
    auto& metrics = s.rows[r].metrics;
    const double k = scale[r];
    metrics["decode_tps"] = metric(7000 / k, stats::Interval{6940 / k, 7064 / k}, 50);
    metrics["decode_tps"].method = "pooled; bootstrap over cases";
    metrics["prefill_tps"] = metric(22'500 / k, stats::Interval{22'000 / k, 23'000 / k}, 50);
    metrics["ttft_ms"] = metric(1.25 * k, stats::Interval{1.125 * k, 1.5 * k}, 50);
    metrics["itl_ms"] = metric(0.125 * k, std::nullopt, 50);
    metrics["load_ms"] = metric(38.5 * k, std::nullopt, 1);
    metrics["peak_memory_mib"] = metric(20.5 * k, std::nullopt, 50);
  }
  s.rows[0].badges = {"fastest"};
  s.rows[1].badges = {"most accurate"};
  stats::Difference accuracy;
  accuracy.metric = "accuracy";
  accuracy.better = 1;
  accuracy.estimate = 0.32;
  accuracy.ci95 = stats::Interval{0.1875, 0.4525};
  accuracy.p = 0.0000305;
  accuracy.p_adjusted = 0.000061;
  accuracy.comparisons = 2;
  accuracy.shown = true;
  accuracy.n = 50;
  accuracy.better_only = 16;
  accuracy.better_only_cases = {"c030", "c031"};
  accuracy.smallest = 0.1875;
  accuracy.method = "McNemar exact";
  accuracy.text = "tiny-m is more accurate than tiny-s: 92 % against 60 %, +32 points (19…45), p < 0.001";
  accuracy.detail =
      "50 cases in pairs; only tiny-m passes 16, only tiny-s 0; McNemar exact: p < 0.001, by Holm (m = 2) p "
      "< 0.001";
  stats::Difference speed;
  speed.metric = "decode_tps";
  speed.worse = 1;
  speed.estimate = 2.25;
  speed.ci95 = stats::Interval{2.1875, 2.3125};
  speed.p = speed.p_adjusted = 0.00025;
  speed.comparisons = 2;
  speed.shown = true;
  speed.n = 50;
  speed.method = "paired bootstrap of the ratio of medians over cases";
  speed.text = "tiny-s decodes 3.3 times as fast (3.2…3.3) as tiny-m, p < 0.001";
  speed.draws = 4000;
  speed.detail =
      "50 cases in pairs; paired bootstrap of the ratio of medians over cases (4,000 draws, seed 1): "
      "p < 0.001, by Holm (m = 2) p < 0.001";
  s.differences = {accuracy, speed};
  s.notes = {{.kind = "tells_nothing",
              .text = "every model fails 2 cases: they tell nothing apart; check the cases: c009, c019",
              .row = std::nullopt,
              .case_ids = {"c009", "c019"}}};
  return s;
}

/// What goes wrong: labels that try to move the cursor or to break a table, two cells, a model that was never
/// measured, coverage below 1, two cases, an interrupted run.
inline stats::Summary rough() {
  stats::Summary s;
  s.run_id = "01abcdefg0123457";
  s.suite_name = "sums, \"hard\" | <b>";
  s.state = "interrupted";
  s.started = "2026-01-01T12:00:00.000000000Z";
  s.assay_version = "0.1.0";
  for (std::uint32_t r = 0; r < 4; ++r) {
    stats::SummaryRow one;
    one.model = r / 2;
    one.cell = r % 2;
    one.model_label =
        r < 2 ? "ev\x1b[31mil,\n|model|" : "モデル-with-a-very-long-name-that-no-table-has-room-for.Q4_K_M";
    one.cell_label = r % 2 == 0 ? "temperature=0" : "temperature=0.7 max_tokens=64";
    one.cases = 2;
    one.repeats = 2;
    s.rows.push_back(std::move(one));
  }
  stats::SummaryRow& first = s.rows[0];
  first.params = 7'240'000'000;
  first.passed = 2;
  first.incomplete = 1;
  first.missing = 1;
  first.accuracy = 1.0;
  first.coverage = first.low = 0.5;
  first.high = 1.0;
  first.metrics["decode_tps"] = metric(8.125, std::nullopt, 2);
  first.metrics["ttft_ms"] = metric(1234.5, std::nullopt, 2);
  first.metrics["prefill_tps"].unfit = 2;
  first.reasons = {{"incomplete:output_truncated", 1}};
  first.flags = {{"cached_prefix", 2}};
  for (std::size_t r = 1; r < 4; ++r) {
    s.rows[r].missing = 4;
    s.rows[r].coverage = s.rows[r].low = 0.0;
    s.rows[r].high = 1.0;
  }
  s.notes = {{.kind = "dead_zone",
              .text = "ev\x1b[31mil,\n|model|: 8.12 tok/s is below 10 tok/s, too slow to talk with",
              .row = 0,
              .case_ids = {}}};
  return s;
}

}  // namespace assay::report::example
