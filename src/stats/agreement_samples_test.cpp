// Figures of a sample, of a row, of votes and of benches beside the definitions of docs/measurement.md,
// written down a second time in Python (testdata/agreement/make_samples.py).
#include "src/stats/testdata/agreement.h"

#include "record/metrics.h"
#include "src/stats/testdata/example_run.h"
#include "stats/bench_figures.h"
#include "stats/spread.h"
#include "stats/summariser.h"

namespace assay::stats {
namespace {

using agreement::Answer;
using agreement::File;
using record::Mark;

std::optional<Nanos> time_of(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(Nanos{value.get<std::int64_t>()});
}

std::optional<std::uint32_t> count_of(const Json& counts, const char* name) {
  return counts.contains(name) ? std::optional(counts[name].get<std::uint32_t>()) : std::nullopt;
}

record::Sample sample_of(const Json& in) {
  record::Sample sample;
  sample.times = {.scheduled = *time_of(in["times"]["scheduled"]),
                  .sent = time_of(in["times"]["sent"]),
                  .accepted = time_of(in["times"]["accepted"]),
                  .done = time_of(in["times"]["done"])};
  for (const Json& one : in["tokens"]) {
    const bool thought = one[2] == "reasoning";
    sample.tokens.push_back(
        {*time_of(one[0]), one[1], thought ? record::TokenKind::reasoning : record::TokenKind::answer});
  }
  sample.counts.prompt_tokens = count_of(in["counts"], "prompt");
  sample.counts.cached_prompt_tokens = count_of(in["counts"], "cached");
  sample.counts.output_tokens = count_of(in["counts"], "output");
  return sample;
}

Answer sample_figures(const Json& in) {
  const record::Sample sample = sample_of(in);
  const record::PrefillBasis basis{.base_latency = time_of(in["base"]), .known = true};
  Answer answer;
  for (const record::MetricSpec& metric : record::metric_table())
    if (metric.of != nullptr) answer[std::string(metric.name)] = metric.of(sample, basis);
  answer["e2e_tps"] = record::e2e_tps(sample);
  Spread gaps;
  for (const double gap : record::itl_gaps_ms(sample)) gaps.add(gap);
  answer["gaps"] = static_cast<double>(gaps.count());
  answer["itl_p50"] = gaps.quantile(0.5);
  answer["itl_p95"] = gaps.quantile(0.95);
  answer["itl_p99"] = gaps.quantile(0.99);
  answer["itl_max"] = gaps.max();
  return answer;
}

/// `at` is the case, `one` what it says of a repeat: mark, TTFT and gap in ns, tokens.
record::Sample row_sample(std::size_t at, std::uint32_t repeat, const Json& one) {
  const auto first = one[1].get<std::int64_t>();
  const auto gap = one[2].get<std::int64_t>();
  const auto tokens = one[3].get<std::int64_t>();
  record::Sample sample;
  sample.case_id = example::case_name(at);
  sample.repeat = repeat;
  sample.times = {.scheduled = Nanos{0}, .sent = Nanos{0}, .accepted = Nanos{1}, .done = std::nullopt};
  for (std::int64_t i = 0; i < tokens; ++i) sample.tokens.push_back({.at = Nanos{first + i * gap}});
  sample.counts.output_tokens = one[3];
  if (one[0] == "e") sample.status = record::Status::error;
  return sample;
}

record::Verdict row_verdict(const std::string& letter) {
  const std::map<std::string, Mark> marks{{"p", Mark::pass},
                                          {"f", Mark::fail},
                                          {"e", Mark::error},
                                          {"i", Mark::incomplete},
                                          {"u", Mark::ungraded}};
  return example::verdict(marks.at(letter), letter);
}

std::optional<double> low_of(const std::optional<Interval>& ends) {
  return ends ? std::optional(ends->low) : std::nullopt;
}
std::optional<double> high_of(const std::optional<Interval>& ends) {
  return ends ? std::optional(ends->high) : std::nullopt;
}

Answer row_figures(const Json& in) {
  record::Run run = example::run_of({example::model("m", 1)}, in["cases"].size(), in["repeats"].get<int>());
  run.models[0].facts = Json{{"bytes_per_token", in["bytes_per_token"]}};
  run.machine.bandwidth = record::Bandwidth{.read = in["bandwidth"]};
  Summariser summariser(run);
  for (std::size_t at = 0; at < in["cases"].size(); ++at) {
    for (std::uint32_t repeat = 0; repeat < in["cases"][at].size(); ++repeat) {
      const Json& one = in["cases"][at][repeat];
      const record::Verdict verdict = row_verdict(one[0].get<std::string>());
      summariser.add(row_sample(at, repeat, one), &verdict);
    }
  }
  const SummaryRow row = summariser.finish().rows.at(0);
  const auto of = [&](const char* name) {
    const auto found = row.metrics.find(name);
    return found == row.metrics.end() ? MetricSummary{} : found->second;
  };
  const MetricSummary ttft = of("ttft_ms");
  const MetricSummary itl = of("itl_ms");
  EXPECT_EQ(ttft.headline, ttft.median);
  return {{"accuracy", row.accuracy},
          {"se", row.accuracy_se},
          {"acc_low", low_of(row.accuracy_ci95)},
          {"acc_high", high_of(row.accuracy_ci95)},
          {"coverage", row.coverage},
          {"low", row.low},
          {"high", row.high},
          {"ttft_p5", ttft.p5},
          {"ttft_median", ttft.median},
          {"ttft_p95", ttft.p95},
          {"ttft_p99", ttft.p99},
          {"ttft_mean", ttft.mean},
          {"ttft_sd", ttft.sd},
          {"itl_p5", itl.p5},
          {"itl_median", itl.median},
          {"itl_p95", itl.p95},
          {"itl_p99", itl.p99},
          {"decode_tps", of("decode_tps").headline},
          {"decode_mean", of("decode_tps").mean},
          {"roofline_pct", of("roofline_pct").headline}};
}

/// The text "0" is right.
record::Verdict vote_of(const Json& text, const Json& first) {
  record::Verdict verdict = example::verdict(text == 0 ? Mark::pass : Mark::fail, "mismatch");
  verdict.assertions.push_back({.type = "equals@1",
                                .pipeline = "maj",
                                .metric = "maj",
                                .mark = verdict.mark,
                                .score = verdict.score,
                                .weight = 0,
                                .reason = {}});
  verdict.steps["pipelines"]["maj"] = {{"across", {{"majority", true}, {"checks", {0}}}},
                                       {"extracted", text.dump()}};
  if (first != 0) verdict.steps["pipelines"]["maj"]["across"]["first"] = first;
  return verdict;
}

Answer votes(const Json& in) {
  const auto run =
      example::run_of({example::model("m", 1)}, in["cases"].size(), static_cast<int>(in["cases"][0].size()));
  Summariser summariser(run);
  for (std::size_t at = 0; at < in["cases"].size(); ++at) {
    for (std::uint32_t repeat = 0; repeat < in["cases"][at].size(); ++repeat) {
      const record::Verdict verdict = vote_of(in["cases"][at][repeat], in["first"]);
      summariser.add(example::sample(0, example::case_name(at), repeat, 0, 2, 1), &verdict);
    }
  }
  const AcrossFigure figure = summariser.finish().rows.at(0).across.at(0);
  return {{"score", figure.score->mean},
          {"se", figure.score->se},
          {"low", low_of(figure.score->ci95)},
          {"high", high_of(figure.score->ci95)},
          {"ties", static_cast<double>(figure.ties)},
          {"left_out", static_cast<double>(figure.left_out)}};
}

record::BenchRow bench_row(const Json& in) {
  record::BenchRow row;
  row.test.prompt = in["prompt"];
  row.test.generate = in["generate"];
  for (const Json& one : in["reps"]) {
    record::BenchRepetition repetition;
    repetition.prompt = time_of(one[0]);
    repetition.total = *time_of(one[1]);
    row.repetitions.push_back(repetition);
  }
  return row;
}

Answer bench(const Json& in) {
  record::BenchReport report;
  report.models.emplace_back().bytes_per_token = in["bytes_per_token"].get<std::uint64_t>();
  report.machine.bandwidth = record::Bandwidth{.read = in["bandwidth"]};
  const BenchFigures figures = *bench_figures(report, bench_row(in));
  return {{"median", figures.median},
          {"mean", figures.mean},
          {"sd", figures.sd},
          {"prefill_tps", figures.prefill_tps},
          {"decode_tps", figures.decode_tps},
          {"ttft_ms", figures.ttft_ms},
          {"roofline_pct", figures.roofline_pct}};
}

Answer local_score(const Json& in) {
  std::vector<record::BenchRow> rows;
  for (const Json& shape : in["shapes"]) rows.push_back(bench_row(shape));
  std::vector<const record::BenchRow*> all;
  for (const record::BenchRow& row : rows) all.push_back(&row);
  const LocalScore found = *localscore(all);
  EXPECT_EQ(found.shapes, rows.size());
  return {{"score", found.score}, {"low", low_of(found.ci95)}, {"high", high_of(found.ci95)}};
}

Answer pool(const Json& in) {
  Spread spread;
  const int n = in["n"];
  const double first = in["first"];
  const double step = in["step"];
  for (int i = 0; i < n; ++i) spread.add(first + step * i);
  Answer answer{{"mean", spread.mean()}, {"min", spread.min()}, {"max", spread.max()}};
  for (const char* p : {"0.05", "0.5", "0.95", "0.99"}) answer[p] = spread.quantile(std::stod(p));
  return answer;
}

TEST(Agreement, samples) {
  File("samples", {{"sample", sample_figures},
                   {"row", row_figures},
                   {"vote", votes},
                   {"bench", bench},
                   {"localscore", local_score},
                   {"pool", pool}})
      .run(110);
}

}  // namespace
}  // namespace assay::stats
