#include "exchange/benchy_records.h"

#include <gtest/gtest.h>

#include <set>

#include "base/file.h"

namespace assay::exchange {
namespace {

BenchyReport report_of(const std::string& name) {
  const auto bytes = read_file(ASSAY_SOURCE_DIR "/src/exchange/testdata/" + name, 1U << 20U);
  return read_benchy(*bytes, name)->report;
}

ImportedRun imported(const std::string& name, Nanos now) {
  return run_of(report_of(name),
                {.run_id = "r", .label = "l", .path = "reports/" + name, .sha256 = "ab", .now = now});
}

TEST(BenchyRecords, a_model_that_was_listed_twice_has_two_repetitions) {
  const std::string name = "i07_repetitions.json";
  EXPECT_EQ(imported(name, Nanos{1}).run.repeats, 2);
  EXPECT_EQ(imported(name, Nanos{1}).run.planned, 9U);
  std::set<std::tuple<std::uint32_t, std::string, std::uint32_t>> trials;
  std::set<std::string> keys;
  ASSERT_TRUE(
      each_sample(report_of(name), "r", [&](record::Sample&& sample, std::optional<record::Verdict>&&) {
        trials.emplace(sample.model, sample.case_id, sample.repeat);
        keys.insert(sample.key);
        return Result<void>{};
      }));
  EXPECT_EQ(trials.size(), 9U);
  EXPECT_EQ(keys.size(), 9U);
  EXPECT_TRUE(trials.contains({0, "3", 1}));
  EXPECT_FALSE(trials.contains({1, "3", 1}));
}

TEST(BenchyRecords, the_runs_start_is_in_the_name_or_unknown) {
  const record::Run named = imported("i01_base_20260102_030405.json", Nanos{1}).run;
  EXPECT_EQ(named.started_wall, Nanos{1767323045'000000000});
  EXPECT_EQ(named.options["imported"]["run_time"], "2026-01-02 03:04:05");
  const record::Run unnamed = imported("i11_no_such_date_20261301_000000.json", Nanos{1}).run;
  EXPECT_EQ(unnamed.started_wall, Nanos{1});
  EXPECT_TRUE(unnamed.options["imported"]["run_time"].is_null());
}

TEST(BenchyRecords, only_what_was_measured_is_claimed) {
  std::vector<record::Sample> samples;
  std::vector<std::optional<record::Verdict>> verdicts;
  ASSERT_TRUE(each_sample(report_of("i02_second_generation.json"), "r",
                          [&](record::Sample&& sample, std::optional<record::Verdict>&& verdict) {
                            samples.push_back(std::move(sample));
                            verdicts.push_back(std::move(verdict));
                            return Result<void>{};
                          }));
  ASSERT_EQ(samples.size(), 6U);
  EXPECT_EQ(samples[0].claims["claimed_decode_tps"], 40.1);
  EXPECT_FALSE(samples[0].claims.contains("claimed_cost_usd"));
  EXPECT_FALSE(samples[2].claims.contains("claimed_e2e_ms")) << "errored";
  EXPECT_FALSE(samples[3].claims.contains("claimed_decode_tps")) << "0.0 from the cloud";
  EXPECT_EQ(samples[3].claims["claimed_e2e_ms"], 812.0);
  EXPECT_TRUE(samples[0].tokens.empty());
  EXPECT_EQ(samples[0].times.done, std::nullopt);
  EXPECT_EQ(verdicts[0]->mark, record::Mark::pass);
  EXPECT_EQ(verdicts[1]->mark, record::Mark::fail);
  EXPECT_EQ(verdicts[2], std::nullopt);
}

TEST(BenchyRecords, a_run_goes_out_in_the_order_of_its_cases_and_comes_back_equal) {
  record::Suite suite;
  suite.prompt.messages = {{.role = "system", .content = "Be brief."},
                           {.role = "user", .content = "{{ q }}?"}};
  suite.cases.resize(2);
  suite.cases[0].id = "a";
  suite.cases[0].vars = {{"q", record::Value::of_boolean(true)}};
  suite.cases[0].expect = record::Value::of_number("5.00");
  suite.cases[1].id = "b";
  suite.cases[1].vars = {{"q", record::Value::of_text("x")}};
  record::Run run;
  run.id = "r";
  run.cells = {{}, {.params = {}, .label = "temperature=1"}};
  run.models.resize(1);
  run.models[0].spec.engine = "fake";
  run.models[0].spec.label = "m";
  BenchyExport collected(run, suite, [](const record::Case& test) { return "prompt of " + test.id; });
  record::Sample sample;
  record::Verdict verdict;
  verdict.mark = record::Mark::pass;
  verdict.extracted = "5";
  sample.case_id = "b";
  collected.add(sample, &verdict);
  sample.case_id = "a";
  collected.add(sample, nullptr);
  const BenchyReport report = collected.finish(0);
  EXPECT_EQ(collected.results(), 2U);
  EXPECT_EQ(collected.without_verdict(), 1U);
  EXPECT_EQ(report.base_prompt, "Be brief.\n\n{{q}}?");
  ASSERT_EQ(report.models.size(), 2U);
  EXPECT_EQ(report.models[1].label, "fake~m [temperature=1]");
  ASSERT_EQ(report.models[0].results.size(), 2U);
  const BenchyResult& first = report.models[0].results[0];
  EXPECT_EQ(first.index, 1);
  EXPECT_TRUE(first.errored);
  EXPECT_EQ(first.expected_result, "5.00");
  EXPECT_EQ(first.tokens_per_second, 0.0);
  EXPECT_EQ(report.models[0].results[1].tokens_per_second, std::nullopt) << "unknown, not 0";
  EXPECT_EQ((*report.cases)[0].variables.items[0].text, "true") << "as it was asked, not True";

  const std::string written = write_benchy(report);
  const auto again = read_benchy(written, "again");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->findings.empty());
  EXPECT_EQ(write_benchy(again->report), written);
  EXPECT_EQ(again->report.models[0].results[1].tokens_per_second, std::nullopt);
}

TEST(BenchyRecords, what_json_cannot_hold_and_blanks_around_an_expectation) {
  record::Suite suite;
  suite.benchy = record::BenchySuite{"json_validator_eval"};
  suite.cases.resize(1);
  suite.cases[0].vars = {{"q", record::Value::of_number(".nan")}, {"r", record::Value::of_number("-.inf")}};
  suite.cases[0].expect = record::Value::of_text(" [1]\n");
  record::Run run;
  run.cells = {{}};
  run.models.resize(1);
  const auto written = [&] {
    BenchyExport collected(run, suite, [](const record::Case&) { return std::string(); });
    collected.add({}, nullptr);
    return write_benchy(collected.finish(0));
  };
  EXPECT_NE(written().find("\"q\": null,\n                \"r\": null"), std::string::npos) << written();
  EXPECT_NE(written().find(R"("expected_result": " [1]\n")"), std::string::npos) << written();
  suite.benchy->evaluator = "raw_string_evaluator";
  EXPECT_NE(written().find(R"("expected_result": "[1]")"), std::string::npos) << written();
}

TEST(BenchyRecords, an_answer_that_shared_the_engine_has_no_speed_unless_that_is_what_was_measured) {
  record::Suite suite;
  suite.cases.resize(1);
  suite.cases[0].id = "a";
  record::Run run;
  run.cells = {{}};
  run.models.resize(1);
  record::Sample sample;
  sample.case_id = "a";
  sample.times = {
      .scheduled = Nanos{0}, .sent = Nanos{0}, .accepted = Nanos{0}, .done = Nanos{2'000'000'000}};
  sample.tokens = {{Nanos{1'000'000'000}, 1, record::TokenKind::answer},
                   {Nanos{2'000'000'000}, 1, record::TokenKind::answer}};
  sample.counts.output_tokens = 2;
  sample.flags = record::bit(record::Flag::batched);
  record::Verdict verdict;
  verdict.mark = record::Mark::pass;
  const auto result = [&] {
    BenchyExport collected(run, suite, [](const record::Case&) { return std::string(); });
    collected.add(sample, &verdict);
    return collected.finish(0).models.at(0).results.at(0);
  };
  run.load.measure = 8;
  EXPECT_EQ(result().tokens_per_second, std::nullopt);
  EXPECT_EQ(result().total_ms, std::nullopt);
  run.load = {.parallel = 4, .rate_per_s = {}};
  EXPECT_EQ(result().tokens_per_second, 1.0);
  EXPECT_EQ(result().total_ms, 2000.0);
}

}  // namespace
}  // namespace assay::exchange
