// Every report of testdata/ (testdata/make_reports.py writes them): what is read, what is found, and that
// writing and reading again changes nothing.
#include "exchange/benchy_report.h"

#include <regex>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/file.h"
#include "base/python.h"
#include "exchange/benchy_check.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_name.h"
#include "testing/data_test.h"

namespace assay::exchange {
namespace {

constexpr const char* kFolder = ASSAY_SOURCE_DIR "/src/exchange/testdata";

std::string shown(const std::optional<double>& value) {
  return value ? python_float_text(*value) : "unknown";
}

std::string shown(const BenchyModel& model) {
  const KnownFigures known = known_figures(model);
  return fmt::format(
      "{} of '{}', {} results\n  stored: accuracy {}, speed {}, cost {}\n"
      "  assay: {} of {} right, {} without verdict, speed {}, total {}, load {}, cost {}\n",
      model.label, model.provider, model.results.size(), shown(model.figures.accuracy),
      shown(model.figures.tokens_per_second), shown(model.figures.cost_usd), known.correct, known.judged,
      known.without_verdict, shown(known.tokens_per_second), shown(known.total_ms), shown(known.load_ms),
      shown(known.cost_usd));
}

testing::Shown show(const std::string& path) {
  const std::string name = file_name(path);
  const auto bytes = read_file(path, 1U << 20U);
  const auto read = read_benchy(*bytes, name);
  if (!read) return {.text = message(read.error()) + "\n", .refused = true};
  const BenchyReport& report = read->report;
  const auto time = benchy_run_time(name);
  std::string text =
      fmt::format("R{}, run time {}\n", report.generation(), time ? text_of(*time) : "unknown");
  for (const BenchyModel& model : report.models) text += shown(model);
  text += fmt::format("all: accuracy {}, speed {}\n", shown(report.figures.accuracy),
                      shown(report.figures.tokens_per_second));
  for (const Finding& finding : read->findings) text += message(finding, "") + "\n";
  const FigureCheck figures = check_figures(report);
  text += fmt::format("figures: {} same, {} explained, {} different, {} not checked\n", figures.same,
                      figures.explained, figures.different, figures.not_checked);
  for (const Finding& finding : figures.findings) text += message(finding, "") + "\n";
  const Check prompts = check_prompts(report);
  text += fmt::format("prompts: {} same, {} explained, {} different, {} not checked\n", prompts.same,
                      prompts.explained, prompts.different, prompts.not_checked);
  for (const Finding& finding : prompts.findings) text += message(finding, "") + "\n";

  const std::string written = write_benchy(report);
  const auto again = read_benchy(written, name);
  if (!again) return {.text = "what was written is refused: " + message(again.error()), .refused = true};
  EXPECT_TRUE(again->report == report) << written;
  EXPECT_EQ(write_benchy(again->report), written);
  text += fmt::format("written: {}\n", written == *bytes ? "the same bytes" : "other bytes");
  return {.text = text, .refused = false};
}

const bool kRegistered = testing::register_data_tests("Benchy", kFolder, ".json", show);

BenchyReport base_report() {
  const auto bytes = read_file(std::string(kFolder) + "/i01_base_20260102_030405.json", 1U << 20U);
  return read_benchy(*bytes, "base")->report;
}

TEST(Benchy, unknown_keys_are_there_again_at_every_level) {
  const auto bytes = read_file(std::string(kFolder) + "/i12_unknown_keys.json", 1U << 20U);
  const std::string written = write_benchy(read_benchy(*bytes, "x")->report);
  for (const char* key : {"\"z\": {\n        \"list\": [\n            1,\n            1.5,\n            null",
                          "\"z\": true", "\"z\": \"kept\u00a0\"", "\"z\": -0.0", "\"z\": []"})
    EXPECT_NE(written.find(key), std::string::npos) << key;
}

TEST(Benchy, compact_is_the_same_without_its_blanks) {
  const BenchyReport report = base_report();
  std::string expected = write_benchy(report);
  // No text of this report holds a line break or a colon before a blank.
  expected = std::regex_replace(expected, std::regex("\n *"), "");
  expected = std::regex_replace(expected, std::regex("\": "), "\":");
  EXPECT_EQ(write_benchy_compact(report), expected);
  const auto again = read_benchy(write_benchy_compact(report), "compact");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->report == report);
}

TEST(Benchy, what_was_filled_in_is_named_and_unknown_again) {
  BenchyReport report = base_report();
  report.models[0].results[1].load_ms.reset();
  report.models[0].results[2].input_prompt.reset();
  report.purpose.reset();
  report.models[1].figures.cost_usd.reset();
  const std::string written = write_benchy(report);
  EXPECT_NE(written.find("\"filled_in\": [\n            \"purpose\",\n"
                         "            \"models[0].results[1].prompt_response.load_duration_ms\",\n"
                         "            \"models[0].results[2].input_prompt\",\n"
                         "            \"models[1].total_cost\"\n"),
            std::string::npos)
      << written;
  EXPECT_NE(written.find("\"total_cost\": 0.00036"), std::string::npos) << "computed, not zero";
  const auto again = read_benchy(written, "again");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->report, report);
}

TEST(Benchy, a_prompt_that_differs_is_found_and_one_that_json_changed_is_explained) {
  BenchyReport report = base_report();
  report.base_prompt = "At {{when}}: {{x}}";
  report.models.resize(1);
  report.models[0].results.resize(2);
  report.cases->resize(2);
  (*report.cases)[0].variables = *record::value_from_json(R"({"when": "2026-01-02T03:04:05", "x": null})");
  (*report.cases)[1].variables = (*report.cases)[0].variables;
  report.models[0].results[0].input_prompt = "At 2026-01-02 03:04:05: nan";
  report.models[0].results[1].input_prompt = "At 2026-01-02 03:04:05: 7";
  const Check check = check_prompts(report);
  EXPECT_EQ(check.explained, 1U);
  EXPECT_EQ(check.different, 1U);
  ASSERT_EQ(check.findings.size(), 2U);
  EXPECT_EQ(check.findings[1].place, "models[0].results[1].input_prompt");
}

TEST(Benchy, dates_and_keys_in_a_list_that_json_made_texts_are_explained) {
  BenchyReport report = base_report();
  report.base_prompt = "{{1}} {{True}}";
  report.models.resize(1);
  report.models[0].results.resize(2);
  report.cases->resize(2);
  (*report.cases)[0].variables = *record::value_from_json(
      R"({"1": ["2026-01-02", "b", null, null], "true": {"1": {"null": 1e-7}, "1.5": "c"}})");
  (*report.cases)[1].variables = (*report.cases)[0].variables;
  report.models[0].results[0].input_prompt =
      "[datetime.date(2026, 1, 2), 'b', nan, None] {1: {None: 1e-07}, 1.5: 'c'}";
  report.models[0].results[1].input_prompt = "['2026-01-02', 'b', nan, None] {1: {None: 1e-07}, 2: 'c'}";
  const Check check = check_prompts(report);
  EXPECT_EQ(check.explained, 1U);
  EXPECT_EQ(check.different, 1U);
}

TEST(Benchy, an_expectation_that_is_json_in_a_text_is_no_literal_of_python) {
  BenchyResult result;
  result.expected_result = R"({"a": "\ud83d\ude00"})";
  BenchyCase test;
  test.expectation = record::Value::of_text(result.expected_result + "\n");
  EXPECT_EQ(json_expectation(result, &test).kind, record::Value::Kind::text);
  EXPECT_EQ(json_expectation(result, nullptr).kind, record::Value::Kind::mapping);
}

TEST(Benchy, the_rule_with_the_fewest_misfits_is_named) {
  const BenchyReport report = base_report();
  const std::vector<Rule> rules{{"always", [](const BenchyResult&, const BenchyCase*) { return true; }},
                                {"never", [](const BenchyResult&, const BenchyCase*) { return false; }},
                                {"nearly", [](const BenchyResult& result, const BenchyCase* test) {
                                   return result.execution_result != "five" && test != nullptr &&
                                          test->expectation.text != "9";
                                 }}};
  const std::vector<Fit> fits = best_fits(report, rules);
  ASSERT_EQ(fits.size(), 2U);  // five verdicts, of which four are right; the errored one does not count
  EXPECT_EQ(fits[0].name, "always");
  EXPECT_EQ(fits[1].name, "nearly");
  EXPECT_EQ(fits[1].misfits, (std::vector<Misfit>{{1, 2}}));
  const Check check = check_verdicts(report, fits);
  EXPECT_EQ(check.same, 4U);
  EXPECT_EQ(check.different, 1U);
  EXPECT_EQ(check.not_checked, 1U);
}

TEST(Benchy, an_object_of_very_many_keys_is_read_fast_and_the_last_of_two_counts) {
  std::string text = R"({"benchmark_name": "a", "models": [{"model": "m", "results": []}])";
  for (int i = 0; i < 200'000; ++i) text += fmt::format(", \"k{}\": 0", i % 150'000);
  text += ", \"benchmark_name\": \"b\"}";
  const auto read = read_benchy(text, "many");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->report.name, "b");
  EXPECT_EQ(read->report.more.keys.size(), 150'000U);
  EXPECT_FALSE(read->findings.empty());
}

TEST(Benchy, a_label_is_divided_at_its_first_tilde) {
  EXPECT_EQ(split_label("ollama~b~c").provider, "ollama");
  EXPECT_EQ(split_label("ollama~b~c").model, "b~c");
  EXPECT_EQ(split_label("qwen3:4b").provider, "");
}

}  // namespace
}  // namespace assay::exchange
