// Runs every row of testdata/: one file per evaluator, one row per line of JSON. The columns:
//   check    the check as in a suite (grading_test_util.h); or its name alone
//   expect   the case's expectation (optional)
//   answer   text, or a list of [text, times]
//   verdict  pass, fail, error, incomplete, ungraded
//   reason   of the assertion (of the verdict when no assertion ran); a final … means "begins with"
//   (optional) pipeline   the filters before the check (reasoning-split, trim)
//   (optional) calls   of the sample: a list of [name, arguments as text]; tools   of the suite, as JSON
//   (optional) ratings   what people said: a list of [rater, score]; votes: what the steps keep of it
//   (optional) choices, finish   of the case and the sample; near: a score, rounded as written; counts
//   (optional) detector   true: only in builds that tell languages apart; false: only in others
//   (optional) read     the part that was looked at (optional) score, flags, extracted   (optional) error
//   instead of answer and verdict: what the suite error says, a part of it filters, gives            for
//   filters: what the text becomes; null when nothing is found
// Other columns are notes.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "evaluator/catalogue.h"
#include "evaluator/filter.h"
#include "evaluator/grading_test_util.h"
#include "evaluator/language_detector.h"
#include "evaluator/pipeline.h"
#include "evaluator/table.h"

namespace assay::evaluator {
namespace {

using record::Value;

const std::filesystem::path kFolder = ASSAY_SOURCE_DIR "/src/evaluator/testdata";

std::vector<std::pair<int, Value>> rows_of(const std::filesystem::path& path) {
  std::vector<std::pair<int, Value>> rows;
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    Result<Value> row = record::value_from_json(line);
    EXPECT_TRUE(row.has_value()) << path << ":" << number << ": " << (row ? "" : message(row.error()));
    if (row) rows.emplace_back(number, *row);
  }
  EXPECT_FALSE(rows.empty()) << path;
  return rows;
}

std::string text_of(const Value& row, std::string_view key) {
  const Value* found = row.find(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return found->text;
  std::string text;
  for (const Value& part : found->items) {
    for (int i = std::stoi(part.items[1].text); i > 0; --i) text += part.items[0].text;
  }
  return text;
}

record::Check check_of(const Value& row) {
  const Value& check = *row.find("check");
  if (check.is_scalar()) return testing::check("{\"type\": \"" + check.text + "\"}");
  return testing::check(check);
}

void expect_reason(const std::string& wanted, const std::string& got) {
  constexpr std::string_view kAndSoOn = "…";
  if (wanted.ends_with(kAndSoOn)) {
    EXPECT_EQ(wanted.substr(0, wanted.size() - kAndSoOn.size()),
              got.substr(0, wanted.size() - kAndSoOn.size()));
  } else {
    EXPECT_EQ(wanted, got);
  }
}

/// A mistake that only the case shows: the grader finds it.
std::optional<Error> error_of_case(const Value& row) {
  record::Suite suite = testing::suite({check_of(row)});
  if (const Value* choices = row.find("choices")) suite.cases[0].choices = choices->items;
  if (const Value* tools = row.find("tools")) suite.tools = testing::tools(*tools);
  if (const Value* expect = row.find("expect")) suite.cases[0].expect = *expect;
  const Result<Grader> grader = Grader::make(suite);
  return grader ? std::nullopt : std::optional(grader.error());
}

void run_error_row(const Value& row) {
  const Value* expect = row.find("expect");
  const std::optional<Error> error =
      row.find("filter") != nullptr ? try_filter(testing::filter(*row.find("filter")))
      : row.find("choices") != nullptr || row.find("tools") != nullptr ? error_of_case(row)
                                                                       : try_check(check_of(row), expect);
  ASSERT_TRUE(error.has_value()) << "no suite error";
  EXPECT_EQ(error->code, Code::bad_input);
  EXPECT_NE(message(*error).find(row.find("error")->text), std::string::npos) << message(*error);
  EXPECT_FALSE(error->expected.empty()) << message(*error);
}

record::Pipeline pipeline_of(const Value& filters) {
  record::Pipeline pipeline{.name = "main", .filters = {}, .where = {}};
  for (const Value& item : filters.items) pipeline.filters.push_back(testing::filter(item));
  return pipeline;
}

void run_filter_row(const Value& row) {
  const Result<Pipeline> made = Pipeline::make(pipeline_of(*row.find("filters")));
  ASSERT_TRUE(made.has_value()) << message(made.error());
  const std::string text = text_of(row, "answer");
  const Value* choices = row.find("choices");
  const PipelineRun run = made->run(text, {.choices = choices == nullptr ? nullptr : &choices->items});
  const Value& gives = *row.find("gives");
  if (gives.kind == Value::Kind::null) {
    EXPECT_EQ(run.outcome, Filtered::How::nothing) << run.text;
  } else {
    EXPECT_EQ(run.outcome, Filtered::How::view) << run.detail;
    EXPECT_EQ(gives.text, run.text);
  }
}

/// `near`: a score with the digits that a paper would print.
void expect_near(const std::string& wanted, double got) {
  const std::size_t digits = wanted.size() - wanted.find('.') - 1;
  EXPECT_NEAR(std::stod(wanted), got, 0.5000001 * std::pow(10.0, -static_cast<double>(digits)));
}

void run_judging_row(const Value& row) {
  record::Suite suite = testing::suite({check_of(row)});
  if (const Value* filters = row.find("pipeline")) suite.pipelines = {pipeline_of(*filters)};
  if (const Value* choices = row.find("choices")) suite.cases[0].choices = choices->items;
  if (const Value* expect = row.find("expect")) suite.cases[0].expect = *expect;
  ASSERT_EQ(try_check(suite.checks[0], row.find("expect")), std::nullopt);
  if (const Value* tools = row.find("tools")) suite.tools = testing::tools(*tools);
  const std::string finish = row.find("finish") == nullptr ? "stop" : text_of(row, "finish");
  record::Sample sample = testing::sample(text_of(row, "answer"), finish);
  if (const Value* calls = row.find("calls")) sample.tool_calls = testing::calls(*calls);
  std::shared_ptr<Ratings> ratings;
  if (const Value* said = row.find("ratings")) {
    ratings = std::make_shared<Ratings>();
    for (const Value& one : said->items)
      (*ratings)[sample.sequence].push_back({one.items[0].text,
                                             std::stod(one.items[1].text),
                                             {},
                                             {},
                                             one.items.size() > 2 ? one.items[2].text : std::string()});
  }
  const record::Verdict verdict = testing::judge(suite, sample, std::move(ratings));
  EXPECT_EQ(text_of(row, "verdict"), record::name_of(verdict.mark))
      << verdict.reason << " " << verdict.detail;
  const std::string reason = verdict.assertions.empty() ? verdict.reason : verdict.assertions[0].reason;
  if (row.find("reason") != nullptr) expect_reason(text_of(row, "reason"), reason);
  if (row.find("score") != nullptr) {
    EXPECT_DOUBLE_EQ(std::stod(text_of(row, "score")), verdict.score.value_or(-1));
  }
  if (row.find("near") != nullptr)
    expect_near(text_of(row, "near"), verdict.assertions[0].score.value_or(-1));
  if (const Value* counts = row.find("counts")) {
    EXPECT_EQ(verdict.steps["counts"][0], record::to_json(*counts)) << verdict.steps["counts"].dump();
  }
  if (const Value* votes = row.find("votes")) {
    EXPECT_EQ(verdict.steps["votes"][0], record::to_json(*votes)) << verdict.steps["votes"].dump();
  }
  if (row.find("extracted") != nullptr) {
    EXPECT_EQ(text_of(row, "extracted"), verdict.extracted);
  }
  if (row.find("read") != nullptr) {
    EXPECT_EQ(text_of(row, "read"), verdict.steps["read"][0].get<std::string>());
  }
  if (const Value* flags = row.find("flags")) {
    EXPECT_EQ(verdict.flags, std::vector<std::string>{flags->items[0].text});
  }
}

void run_file(const std::string& name) {
  for (const auto& [line, row] : rows_of(kFolder / name)) {
    const Value* detector = row.find("detector");
    if (detector != nullptr && (detector->text == "true") != has_language_detector()) continue;
    SCOPED_TRACE(name + ":" + std::to_string(line));
    if (row.find("error") != nullptr)
      run_error_row(row);
    else if (row.find("filters") != nullptr)
      run_filter_row(row);
    else
      run_judging_row(row);
  }
}

TEST(Table, equals) {
  run_file("equals.jsonl");
}
TEST(Table, iequals) {
  run_file("iequals.jsonl");
}
TEST(Table, contains) {
  run_file("contains.jsonl");
}
TEST(Table, starts_with) {
  run_file("starts_with.jsonl");
}
TEST(Table, regex) {
  run_file("regex.jsonl");
}
TEST(Table, numeric) {
  run_file("numeric.jsonl");
}
TEST(Table, math) {
  run_file("math.jsonl");
}
TEST(Table, gsm8k) {
  run_file("gsm8k.jsonl");
}
TEST(Table, json_equals) {
  run_file("json_equals.jsonl");
}
TEST(Table, json) {
  run_file("json.jsonl");
}
TEST(Table, json_schema) {
  run_file("json_schema.jsonl");
}
TEST(Table, levenshtein) {
  run_file("levenshtein.jsonl");
}
TEST(Table, word_count) {
  run_file("word_count.jsonl");
}
TEST(Table, squad) {
  run_file("squad.jsonl");
}
TEST(Table, choice) {
  run_file("choice.jsonl");
}
TEST(Table, run_properties) {
  run_file("run_properties.jsonl");
}
TEST(Table, overlap) {
  run_file("overlap.jsonl");
}
TEST(Table, cider) {
  run_file("cider.jsonl");
}

TEST(Table, rouge) {
  run_file("rouge.jsonl");
}
TEST(Table, error_rate) {
  run_file("error_rate.jsonl");
}
TEST(Table, anls) {
  run_file("anls.jsonl");
}
TEST(Table, relaxed_number) {
  run_file("relaxed_number.jsonl");
}
TEST(Table, vqa) {
  run_file("vqa.jsonl");
}
TEST(Table, ifeval) {
  run_file("ifeval.jsonl");
}
TEST(Table, llm_judge) {
  run_file("llm_judge.jsonl");
}
TEST(Table, similar) {
  run_file("similar.jsonl");
}
TEST(Table, tool_call) {
  run_file("tool_call.jsonl");
}
TEST(Table, human) {
  run_file("human.jsonl");
}
TEST(Table, sets) {
  run_file("sets.jsonl");
}
TEST(Table, benchy) {
  run_file("benchy.jsonl");
}
TEST(Table, filters) {
  run_file("filters.jsonl");
}

/// The names that the files' rows use.
std::set<std::string> names_used() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (!entry.is_regular_file()) continue;
    for (const auto& [line, row] : rows_of(entry.path())) {
      if (row.find("error") != nullptr) continue;
      if (row.find("check") != nullptr) names.insert(check_of(row).type);
      if (const Value* filters = row.find("filters")) {
        for (const Value& item : filters->items) names.insert("filter " + testing::filter(item).name);
      }
    }
  }
  return names;
}

TEST(Table, every_entry_has_rows) {
  const std::set<std::string> used = names_used();
  for (const EvaluatorEntry& entry : evaluator_table()) {
    if (entry.runs_code) continue;        // its tests bring a sandbox: benchy_test.cpp, python_*_test.cpp
    if (entry.name == "cider") continue;  // of one image it says nothing: cider_test.cpp
    EXPECT_TRUE(used.contains(std::string(entry.name))) << entry.name;
  }
  for (const FilterEntry& entry : filter_table()) {
    EXPECT_TRUE(used.contains("filter " + std::string(entry.name))) << entry.name;
  }
}

TEST(Table, every_file_is_run) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 32U);
}

TEST(Table, names_and_help_are_unique_and_there) {
  std::set<std::string_view> names;
  for (const record::NameSpec& spec : evaluator_names()) {
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
    EXPECT_FALSE(spec.help.empty()) << spec.name;
    for (const record::OptionSpec& option : spec.options) EXPECT_FALSE(option.help.empty()) << spec.name;
  }
  names.clear();
  for (const record::NameSpec& spec : filter_names())
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
}

}  // namespace
}  // namespace assay::evaluator
