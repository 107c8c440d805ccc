// Samples in, Summary out: the worked examples of docs/measurement.md end to end, what is left out, what is
// absent.
#include "stats/summariser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "src/stats/testdata/example_run.h"
#include "stats/differences.h"

namespace assay::stats {
namespace {

using record::Mark;

const MetricSummary& metric(const SummaryRow& row, const std::string& name) {
  return row.metrics.at(name);
}

std::vector<std::string> kinds(const Summary& summary) {
  std::vector<std::string> kinds;
  for (const Note& note : summary.notes) kinds.push_back(note.kind);
  return kinds;
}

bool has_note(const Summary& summary, const std::string& kind) {
  const auto all = kinds(summary);
  return std::find(all.begin(), all.end(), kind) != all.end();
}

const Note& note(const Summary& summary, const std::string& kind) {
  const auto found =
      std::find_if(summary.notes.begin(), summary.notes.end(), [&](const Note& n) { return n.kind == kind; });
  EXPECT_NE(found, summary.notes.end()) << kind;
  return *found;
}

/// A run of one model from marks: 'p', 'f', 'e', 'i', 'u' per sample; one string per case, one letter per
/// repeat.
Summary graded(const std::vector<std::string>& cases, SummaryOptions options = {}) {
  const auto run =
      example::run_of({example::model("m", 1'000'000)}, cases.size(), static_cast<int>(cases.front().size()));
  Summariser summariser(run, std::move(options));
  for (std::size_t c = 0; c < cases.size(); ++c) {
    for (std::uint32_t r = 0; r < cases[c].size(); ++r) {
      const char letter = cases[c][r];
      const auto v = letter == 'p'   ? example::verdict(Mark::pass)
                     : letter == 'f' ? example::verdict(Mark::fail, "mismatch")
                     : letter == 'e' ? example::verdict(Mark::error, "server_exit")
                     : letter == 'i' ? example::verdict(Mark::incomplete, "output_truncated")
                                     : example::verdict(Mark::ungraded, "grader_missing");
      summariser.add(example::sample(0, example::case_name(c), r, 50.0 * static_cast<double>(c), 10, 0.2),
                     &v);
    }
  }
  return summariser.finish();
}

TEST(Summariser, several_answers_to_a_case_give_pass_at_k) {
  const SummaryRow row = graded({"pppp", "ppfp", "ffff", "pfpp", "ffpf", "pppp", "ffff", "pppf"}).rows.at(0);
  ASSERT_TRUE(row.repeated.has_value());
  EXPECT_NEAR(row.repeated->pass.front().at_least_one.mean, *row.accuracy, 1e-15);
  EXPECT_NEAR(*row.repeated->pass.front().at_least_one.se, 0.14752421108802058, 1e-12);
  EXPECT_EQ(row.repeated->pass.back().k, 4U);
  EXPECT_NEAR(row.repeated->pass.back().at_least_one.mean, 0.75, 1e-15);
  EXPECT_NEAR(row.repeated->pass.back().all.mean, 0.25, 1e-15);
  EXPECT_FALSE(graded({"p", "f"}).rows.at(0).repeated.has_value());
}

TEST(Summariser, pass_at_k_is_over_graded_answers_only) {
  const SummaryRow row = graded({"pp", "pi", "ff"}).rows.at(0);
  EXPECT_EQ(row.repeated->cases, 2U) << "one answer of the second case was not graded";
  EXPECT_EQ(row.repeated->pass.back().k, 2U);
  EXPECT_NEAR(row.repeated->pass.back().at_least_one.mean, 0.5, 1e-15);
}

/// A verdict that only metrics spoke of.
record::Verdict scored(Mark said) {
  record::Verdict verdict = example::verdict(Mark::ungraded, "grader_missing");
  verdict.assertions.push_back({.type = "bleu@1",
                                .pipeline = "main",
                                .metric = "",
                                .mark = said,
                                .score = 0.5,
                                .weight = 0,
                                .reason = {}});
  return verdict;
}

TEST(Summariser, a_suite_of_metrics_is_told_as_one) {
  const auto run = example::run_of({example::model("m", 1)}, 4);
  Summariser summariser(run);
  const record::Verdict verdicts[] = {scored(Mark::pass), scored(Mark::fail), scored(Mark::ungraded),
                                      example::verdict(Mark::error, "server_exit")};
  for (std::size_t i = 0; i < std::size(verdicts); ++i)
    summariser.add(example::sample(0, example::case_name(i), 0, 0, 2, 1), &verdicts[i]);
  const Summary summary = summariser.finish();
  EXPECT_EQ(
      note(summary, "only_metrics").text,
      "m: every check has weight 0, so nothing passes or fails and there is no accuracy; 2 of 4 samples were "
      "scored: 1 error (server_exit 1), 1 without a score");
  EXPECT_FALSE(has_note(summary, "coverage"));
}

TEST(Summariser, where_a_judge_was_missing_the_share_of_graded_samples_is_told) {
  EXPECT_TRUE(has_note(graded({"u", "u", "u", "u"}), "coverage"));
  EXPECT_FALSE(has_note(graded({"u", "u", "u", "u"}), "only_metrics"));
}

TEST(Summariser, accuracy_with_one_repeat_is_wilson) {
  std::vector<std::string> cases(20, "p");
  cases[3] = cases[7] = "f";
  const SummaryRow row = graded(cases).rows.at(0);
  EXPECT_EQ(row.accuracy, 0.9);
  EXPECT_EQ(row.accuracy_method, "wilson");
  EXPECT_NEAR(row.accuracy_ci95->low, 0.6990, 5e-5);
  EXPECT_NEAR(row.accuracy_ci95->high, 0.9721, 5e-5);
}

TEST(Summariser, repeats_of_a_case_are_a_cluster) {
  const SummaryRow row = graded({"pppp", "ppfp", "ffff", "pfpp", "ffpf", "pppp", "ffff", "pppf"}).rows.at(0);
  EXPECT_EQ(row.accuracy, 0.5625);
  EXPECT_EQ(row.accuracy_method, "clustered");
  EXPECT_NEAR(*row.accuracy_se, 0.1475, 5e-5);
  EXPECT_NEAR(row.accuracy_ci95->low, 0.2137, 5e-5);
  EXPECT_NEAR(row.accuracy_ci95->high, 0.9113, 5e-5);
  EXPECT_EQ(row.repeats, 4U);
  EXPECT_EQ(row.cases * row.repeats, row.passed + row.failed);
}

TEST(Summariser, named_clusters_join_cases) {
  SummaryOptions options;
  for (int c = 0; c < 8; ++c)
    options.cases.push_back({.id = example::case_name(c), .cluster = c < 4 ? "passage" : "", .weight = 1});
  const SummaryRow row = graded({"p", "p", "p", "p", "f", "p", "f", "p"}, options).rows.at(0);
  EXPECT_EQ(row.accuracy_method, "clustered (cut)");
}

TEST(Summariser, coverage_and_bounds) {
  std::vector<std::string> cases;
  for (const auto& [letter, count] :
       std::vector<std::pair<std::string, int>>{{"p", 60}, {"f", 20}, {"i", 12}, {"u", 3}, {"e", 5}})
    cases.insert(cases.end(), static_cast<std::size_t>(count), letter);
  const Summary summary = graded(cases);
  const SummaryRow& row = summary.rows.at(0);
  EXPECT_EQ(row.accuracy, 0.75);
  EXPECT_EQ(row.coverage, 0.8);
  EXPECT_EQ(row.low, 0.6);
  EXPECT_EQ(row.high, 0.8);
  EXPECT_EQ(row.passed + row.failed + row.errors + row.incomplete + row.ungraded, row.cases * row.repeats);
  EXPECT_EQ(
      note(summary, "coverage").text,
      "m: only 80 % was graded, so the accuracy of all lies between 60 % and 80 %: 5 errors (server_exit 5), "
      "12 incomplete (output_truncated 12), 3 ungraded (grader_missing 3)");
}

TEST(Summariser, nothing_graded_has_no_accuracy) {
  const SummaryRow row = graded(std::vector<std::string>(40, "i")).rows.at(0);
  EXPECT_FALSE(row.accuracy);
  EXPECT_FALSE(row.accuracy_ci95);
  EXPECT_FALSE(row.score);
  EXPECT_EQ(row.coverage, 0.0);
  EXPECT_EQ(row.low, 0.0);
  EXPECT_EQ(row.high, 1.0);
}

TEST(Summariser, a_run_without_samples_has_rows_and_no_numbers) {
  const auto run = example::run_of({example::model("a", 1), example::model("b", 2)}, 10);
  const Summary summary = Summariser(run).finish();
  ASSERT_EQ(summary.rows.size(), 2U);
  for (const SummaryRow& row : summary.rows) {
    EXPECT_EQ(row.cases, 10U);
    EXPECT_EQ(row.missing, 10U);
    EXPECT_FALSE(row.accuracy);
    EXPECT_TRUE(row.metrics.empty());
  }
  EXPECT_TRUE(summary.differences.empty());
}

TEST(Summariser, a_run_without_plan_has_no_coverage) {
  auto run = example::run_of({example::model("a", 1)}, 0);
  const SummaryRow row = Summariser(run).finish().rows.at(0);
  EXPECT_FALSE(row.coverage);
  EXPECT_FALSE(row.low);
}

TEST(Summariser, two_cases_have_no_interval_and_say_n) {
  const Summary summary = graded({"p", "f"});
  EXPECT_EQ(summary.rows[0].accuracy, 0.5);
  EXPECT_FALSE(summary.rows[0].accuracy_ci95);
  EXPECT_FALSE(metric(summary.rows[0], "decode_tps").ci95);
  EXPECT_EQ(note(summary, "few").text, "m: n=2, too few cases for an interval");
}

TEST(Summariser, one_sample_has_no_spread) {
  const SummaryRow row = graded({"p"}).rows.at(0);
  const MetricSummary& speed = metric(row, "decode_tps");
  EXPECT_NEAR(*speed.headline, 5000, 1e-6);
  EXPECT_EQ(speed.n, 1U);
  EXPECT_FALSE(speed.sd);
  EXPECT_FALSE(speed.ci95);
  EXPECT_FALSE(speed.p99) << "needs 100 values";
}

TEST(Summariser, rates_are_pooled_and_times_are_medians) {
  const auto run = example::run_of({example::model("m", 1)}, 3);
  Summariser summariser(run);
  // 9 tokens in 9 ms, 19 in 38 ms, 99 in 297 ms after the first: 127 in 344 ms. Mean of the rates would be
  // 611.1.
  summariser.add(example::sample(0, "a", 0, 0, 10, 1), nullptr);
  summariser.add(example::sample(0, "b", 0, 100, 20, 2), nullptr);
  summariser.add(example::sample(0, "c", 0, 200, 100, 3), nullptr);
  const SummaryRow row = summariser.finish().rows.at(0);
  EXPECT_NEAR(*metric(row, "decode_tps").headline, 127 / 0.344, 1e-9);
  EXPECT_NEAR(*metric(row, "decode_tps").mean, (1000 + 500 + 1000.0 / 3) / 3, 1e-9);
  EXPECT_NEAR(*metric(row, "mean_itl_ms").headline, 2, 1e-9);
  EXPECT_NEAR(*metric(row, "ttft_ms").headline, 2.1, 1e-9);
  EXPECT_NEAR(*metric(row, "prefill_tps").headline, 10'000, 1e-6);
  EXPECT_EQ(metric(row, "itl_ms").values, 127U);
  EXPECT_EQ(metric(row, "itl_ms").n, 3U);
  EXPECT_NEAR(*metric(row, "itl_ms").max, 3, 1e-9);
  EXPECT_FALSE(row.metrics.contains("load_ms"));
}

TEST(Summariser, unfit_samples_are_left_out_and_counted) {
  const auto run = example::run_of({example::model("m", 1)}, 4);
  Summariser summariser(run);
  for (int c = 0; c < 4; ++c) {
    auto s = example::sample(0, example::case_name(c), 0, 100.0 * c, 10, c == 3 ? 50 : 1);
    if (c == 2) s.flags = bit(record::Flag::cached_prefix);
    if (c == 3) s.flags = bit(record::Flag::throttled);
    summariser.add(s, nullptr);
  }
  const Summary summary = summariser.finish();
  const SummaryRow& row = summary.rows.at(0);
  EXPECT_EQ(metric(row, "decode_tps").n, 3U);
  EXPECT_EQ(metric(row, "decode_tps").unfit, 1U);
  EXPECT_NEAR(*metric(row, "decode_tps").headline, 1000, 1e-6) << "the throttled one is out";
  EXPECT_EQ(metric(row, "prefill_tps").unfit, 2U);
  EXPECT_EQ(row.flags.at("throttled"), 1U);
  EXPECT_TRUE(has_note(summary, "unfit"));
}

TEST(Summariser, what_broke_off_is_not_measured) {
  const auto run = example::run_of({example::model("m", 1)}, 3);
  Summariser summariser(run);
  auto dead = example::sample(0, "a", 0, 0, 10, 1);
  dead.status = record::Status::error;
  dead.reason = "server_exit";
  auto cut = example::sample(0, "b", 0, 100, 10, 1);
  cut.status = record::Status::timeout;
  summariser.add(dead, nullptr);
  summariser.add(cut, nullptr);
  summariser.add(example::sample(0, "c", 0, 200, 10, 1), nullptr);
  const SummaryRow row = summariser.finish().rows.at(0);
  EXPECT_EQ(row.errors, 1U);
  EXPECT_EQ(row.incomplete, 1U);
  EXPECT_EQ(row.ungraded, 1U);
  EXPECT_EQ(metric(row, "decode_tps").n, 2U) << "tokens of the time-out flowed";
  EXPECT_EQ(metric(row, "e2e_ms").n, 1U) << "the time-out has no end";
  EXPECT_EQ(row.reasons.at("error:server_exit"), 1U);
  EXPECT_EQ(row.reasons.at("incomplete:time_limit"), 1U);
}

TEST(Summariser, order_does_not_matter) {
  const auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 30, 2);
  struct Pair {
    record::Sample sample;
    record::Verdict verdict;
  };
  std::vector<Pair> all;
  Random random(4);
  for (std::uint32_t m = 0; m < 2; ++m) {
    for (std::uint32_t c = 0; c < 60; ++c) {
      const auto mark = random.uniform() < 0.6 ? Mark::pass : Mark::fail;
      all.push_back(
          {example::sample(m, example::case_name(c / 2), c % 2, 10.0 * c,
                           5 + static_cast<int>(20 * random.uniform()), 0.2 + 0.1 * random.uniform()),
           example::verdict(mark, mark == Mark::fail ? "mismatch" : "")});
    }
  }
  const auto summarise = [&] {
    Summariser summariser(run);
    for (const Pair& pair : all) summariser.add(pair.sample, &pair.verdict);
    return summariser.finish();
  };
  const Summary first = summarise();
  std::shuffle(all.begin(), all.end(), std::minstd_rand(1));
  const Summary second = summarise();
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(first.rows[r].accuracy_ci95, second.rows[r].accuracy_ci95);
    for (const auto& [name, one] : first.rows[r].metrics) {
      EXPECT_EQ(one.headline, second.rows[r].metrics.at(name).headline) << name;
      EXPECT_EQ(one.ci95, second.rows[r].metrics.at(name).ci95) << name;
    }
  }
  ASSERT_EQ(first.differences.size(), second.differences.size());
  for (std::size_t d = 0; d < first.differences.size(); ++d)
    EXPECT_EQ(first.differences[d].text, second.differences[d].text);
}

TEST(Summariser, memory_and_load_come_from_the_model) {
  auto run = example::demo_run();
  run.models[0].load_times = {example::ms(40), example::ms(20), example::ms(30)};
  const SummaryRow row = Summariser(run).finish().rows.at(0);
  EXPECT_EQ(metric(row, "load_ms").headline, 30.0);
  EXPECT_EQ(metric(row, "load_ms").n, 3U);
  EXPECT_EQ(metric(row, "peak_memory_mib").headline, 20.5);
  EXPECT_EQ(metric(row, "load_memory_mib").headline, 17.5);
  EXPECT_FALSE(metric(row, "peak_memory_mib").ci95);
}

TEST(Summariser, a_cell_shows_its_own_peak) {
  auto run = example::demo_run();
  run.cells = {record::Cell{{}, "temperature=0"}, record::Cell{{}, "temperature=1"}};
  Summariser summariser(run);
  auto s = example::sample(0, "a", 0, 0, 5, 1);
  s.peak_memory_bytes = 10U << 20U;
  summariser.add(s, nullptr);
  EXPECT_EQ(metric(summariser.finish().rows.at(0), "peak_memory_mib").headline, 10.0);
}

TEST(Summariser, weights_count_in_the_score_and_not_in_accuracy) {
  SummaryOptions options;
  options.cases = {{.id = "c000", .cluster = "", .weight = 3}, {.id = "c001", .cluster = "", .weight = 1}};
  const SummaryRow row = graded({"p", "f"}, options).rows.at(0);
  EXPECT_EQ(row.accuracy, 0.5);
  EXPECT_EQ(row.score, 0.75);
}

TEST(Summariser, named_scores_are_weighted_means) {
  const auto run = example::run_of({example::model("m", 1)}, 2);
  Summariser summariser(run);
  for (const double score : {0.5, 1.0}) {
    auto v = example::verdict(Mark::pass);
    v.assertions.push_back({.type = "rouge@1",
                            .pipeline = "main",
                            .metric = "overlap",
                            .mark = Mark::pass,
                            .score = score,
                            .weight = 0,
                            .reason = ""});
    summariser.add(example::sample(0, score < 1 ? "a" : "b", 0, 0, 5, 1), &v);
  }
  EXPECT_EQ(summariser.finish().rows.at(0).named_scores.at("overlap"), 0.75);
}

}  // namespace
}  // namespace assay::stats
