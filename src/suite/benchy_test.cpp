// testdata/benchy: suites of Benchy, each form and each oddity; the golden examples of scalars, texts and
// model strings; and what no file can say.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/file.h"
#include "record/python_text.h"
#include "suite/benchy_model.h"
#include "suite/load.h"
#include "suite/model.h"
#include "suite/write.h"
#include "suite/yaml_old.h"
#include "testing/data_test.h"
#include "testing/places.h"
#include "testing/suite_files.h"

namespace assay::suite {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = ASSAY_SOURCE_DIR "/src/suite/testdata/benchy";

/// A file whose first comment begins with "strict" is read so.
LoadOutcome load_data(const std::string& path) {
  const std::string text = testing::without_expectation(read_file(path, 1U << 20U).value_or(""));
  return load(text, path, testing::test_catalogue(), {.grading = {}, .strict = text.starts_with("# strict")});
}

testing::Shown show(const std::string& path) {
  return testing::shown_of(load_data(path), path);
}

const bool kRegistered = testing::register_data_tests("BenchyData", kFolder, ".yaml", show);

TEST(Benchy, EveryGoodTestFileLoadsBackEqual) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const std::string path = entry.path().string();
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".yaml") || name.starts_with("fail_")) continue;
    for (const record::Grading grading : {record::Grading::assay, record::Grading::benchy}) {
      SCOPED_TRACE(name + " " + std::string(name_of(grading)));
      const LoadOutcome first = load_file(path, testing::test_catalogue(), {.grading = grading});
      if (!first.suite) {  // json-equals wants JSON; everything else is well
        EXPECT_EQ(grading, record::Grading::assay) << message(first.errors.front());
        continue;
      }
      const std::string written = write(*first.suite);
      const LoadOutcome again = load(written, path, testing::test_catalogue());
      ASSERT_TRUE(again.suite) << message(again.errors.front()) << "\n" << written;
      EXPECT_TRUE(testing::without_places(*again.suite) == testing::without_places(*first.suite)) << written;
      EXPECT_EQ(write(*again.suite), written);
      ++files;
    }
  }
  EXPECT_GE(files, 20);
}

// --- rules.jsonl ---

std::string type_of(const OldScalar& scalar) {
  if (scalar.date) return scalar.text.size() > 10 ? "datetime" : "date";
  switch (scalar.kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "bool";
    case Kind::number:
      return scalar.text.find_first_not_of("-0123456789") == std::string::npos ? "int" : "float";
    default: return "text";
  }
}

void check_row(const record::Value& row) {
  const std::string& rule = row.find("rule")->text;
  const record::Value& in = *row.find("in");
  const record::Value& out = *row.find("out");
  if (rule == "scalar") {
    const auto scalar = read_old_scalar(in.text);
    ASSERT_TRUE(scalar);
    EXPECT_EQ(type_of(*scalar), out.items[0].text);
    const record::Value value{.kind = scalar->kind, .text = scalar->text, .items = {}, .keys = {}};
    EXPECT_EQ(record::python_text(value), out.items[1].text);
  } else if (rule == "text") {
    EXPECT_EQ(record::python_text(in), out.text);
  } else {
    ASSERT_EQ(rule, "model");
    const auto model = parse_benchy_model(in.text, testing::test_catalogue());
    ASSERT_EQ(model.has_value(), out.kind == record::Value::Kind::list);
    if (model) {
      EXPECT_EQ(*model, (BenchyModel{out.items[0].text, out.items[1].text}));
    }
  }
}

TEST(Benchy, ScalarsTextsAndModelStrings) {
  std::ifstream file(kFolder + "/rules.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = record::value_from_json(line);
    ASSERT_TRUE(row) << line;
    SCOPED_TRACE(row->find("id")->text);
    check_row(*row);
  }
  EXPECT_GE(rows, 60);
}

// --- what no file can say ---

LoadOutcome load_text(const std::string& text, const LoadOptions& options = {}) {
  return load(text, "test.yaml", testing::test_catalogue(), options);
}

const std::string kHead = "benchmark_name: x\npurpose: y\nbase_prompt: \"{{a}}\"\nmodels: [\"fake~\"]\n";

TEST(Benchy, ByteOrderMarkCrlfAndAMissingLastNewline) {
  const LoadOutcome outcome = load_text(
      "\xEF\xBB\xBF"
      "benchmark_name: x\r\npurpose: y\r\nbase_prompt: |+\r\n  a\r\n  b\r\n\r\nmodels: "
      "[\"fake~\"]\r\nevaluator: "
      "raw_string_evaluator\r\nprompts:\r\n- dynamic_variables:\r\n  expectation: |-\r\n    é\r\n    z");
  ASSERT_TRUE(outcome.suite) << message(outcome.errors.front());
  EXPECT_EQ(outcome.suite->prompt.messages[0].content, "a\nb\n\n");
  EXPECT_EQ(outcome.suite->cases[0].expect->text, "é\nz");
}

TEST(Benchy, NothingElseIsReadWhereOnlyASuiteOfBenchyMay) {
  const auto first = [](const std::string& text) {
    const LoadOutcome outcome = load_text(text, {.grading = std::nullopt, .only_benchy = true});
    return outcome.errors.empty() ? std::string("read") : outcome.errors.front().found;
  };
  const std::string theirs =
      kHead + "evaluator: raw_string_evaluator\nprompts: [{dynamic_variables: {a: 1}, expectation: b}]\n";
  EXPECT_EQ(first(theirs), "read");
  // What write() makes of it is assay's format, whose models may name a program to start.
  EXPECT_EQ(first(write(*load_text(theirs).suite)), "a suite of assay's own");
  EXPECT_EQ(first("assay: 1\nbenchmark_name: x\n"), "a suite of assay's own");
  for (const char* none : {"a", "[]", "{}", "{name: x}", "[1]"}) EXPECT_EQ(first(none), "no suite") << none;
}

TEST(Benchy, TheCommandLinesGradingWins) {
  const std::string text = kHead +
                           "evaluator: python_print_execution_with_num_output\nprompts: "
                           "[{dynamic_variables: {a: 1}, expectation: \"1\"}, {dynamic_variables: {a: "
                           "2}, expectation: two}]\n";
  const LoadOutcome theirs = load_text(text);
  ASSERT_TRUE(theirs.suite);
  ASSERT_EQ(theirs.suite->checks.size(), 1U);
  EXPECT_EQ(theirs.suite->checks[0].type, "python_print_execution_with_num_output");
  EXPECT_EQ(theirs.suite->checks[0].pipeline, "raw");
  EXPECT_TRUE(theirs.suite->pipelines.empty());
  for (const std::string& file : {text, write(*theirs.suite)}) {
    const LoadOutcome ours = load_text(file, {.grading = record::Grading::assay});
    ASSERT_TRUE(ours.suite) << message(ours.errors.front());
    const record::Check& check = ours.suite->checks[0];
    EXPECT_EQ(check.type, "python-output");
    EXPECT_EQ(check.options.find("wrap")->text, "print");
    EXPECT_EQ(check.options.find("compare")->text, "number");
    ASSERT_EQ(ours.suite->pipelines.size(), 1U);
    EXPECT_EQ(ours.suite->pipelines[0].filters[1].name, "code-block");
    EXPECT_TRUE(ours.suite->cases[0].checks.empty());
    EXPECT_EQ(ours.suite->cases[1].checks[0].options.find("compare")->text, "text");
  }
}

TEST(Benchy, JsonIsASuiteTooWithCharactersInTwoEscapes) {
  const LoadOutcome outcome =
      load_text(R"( {"benchmark_name": "\ud83d\ude00", "oh": 1, "purpose": "\\\\ud83d", "base_prompt": "a\tb",
    "evaluator": "raw_string_evaluator", "models": ["fake~"],
    "prompts": [{"dynamic_variables": {}, "expectation": "x\uD834\uDD1E\u00e9"}]})");
  ASSERT_TRUE(outcome.suite) << message(outcome.errors.front());
  EXPECT_EQ(outcome.suite->name, "😀");
  EXPECT_EQ(outcome.suite->purpose, "\\\\ud83d");
  EXPECT_EQ(outcome.suite->cases[0].expect->text, "x𝄞é");
  EXPECT_EQ(outcome.warnings.at(0).where.column, 37) << "places stay";
  EXPECT_FALSE(load_text(R"({"benchmark_name": "\ud83d"})").errors.empty()) << "half of one";
}

TEST(Benchy, NumbersOfPythonAreNumbersUnderOurGradingToo) {
  const LoadOutcome outcome = load_text(kHead + R"(evaluator: execute_python_code_with_num_output
prompts:
- {dynamic_variables: {a: 1}, expectation: " +1.5e3 "}
- {dynamic_variables: {a: 2}, expectation: "5."}
- {dynamic_variables: {a: 3}, expectation: "1_0.E2"}
- {dynamic_variables: {a: 4}, expectation: "\u0663"}
- {dynamic_variables: {a: 5}, expectation: nan}
)",
                                        {.grading = record::Grading::assay});
  ASSERT_TRUE(outcome.suite) << message(outcome.errors.front());
  const auto& cases = outcome.suite->cases;
  EXPECT_TRUE(cases[0].checks.empty()) << "as it is written";
  EXPECT_EQ(cases[1].checks.at(0).value, record::Value::of_number("5.0"));
  EXPECT_EQ(cases[2].checks.at(0).value, record::Value::of_number("1000.0"));
  EXPECT_EQ(cases[3].checks.at(0).value, record::Value::of_number("3.0"));
  EXPECT_EQ(cases[3].checks.at(0).options.find("compare")->text, "number");
  EXPECT_EQ(cases[4].checks.at(0).options.find("compare")->text, "text");
}

TEST(Benchy, AnEvaluatorThatThisBuildLacksIsSaid) {
  record::Catalogue small = testing::test_catalogue();
  std::erase_if(small.evaluators, [](const auto& spec) { return spec.name == "raw_string_evaluator"; });
  const LoadOutcome outcome =
      load(kHead +
               "evaluator: raw_string_evaluator\nprompts: [{dynamic_variables: {a: 1}, "
               "expectation: x}]\n",
           "test.yaml", small);
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(outcome.errors[0].code, Code::unsupported);
  EXPECT_EQ(outcome.errors[0].where.line, 5);
}

TEST(Benchy, AProviderWithoutEngineIsKeptAndTold) {
  record::Catalogue small = testing::test_catalogue();
  std::erase_if(small.engines, [](const auto& spec) { return spec.name == "ollama"; });
  const LoadOutcome outcome = load(
      "benchmark_name: x\npurpose: y\nbase_prompt: z\nmodels: [tiny:1b, gemini~g]\nevaluator: "
      "raw_string_evaluator\nprompts: [{dynamic_variables: {}, expectation: x}]\n",
      "test.yaml", small);
  ASSERT_TRUE(outcome.suite) << message(outcome.errors.front());
  const Errors missing = missing_engines(outcome.suite->models, small);
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_NE(
      message(missing[0]).find("test.yaml:4:10: model 'ollama~tiny:1b': this build has no engine 'ollama'"),
      std::string::npos)
      << message(missing[0]);
  EXPECT_NE(message(missing[0]).find("--model"), std::string::npos);
  const LoadOutcome again = load(write(*outcome.suite), "test.yaml", small);
  ASSERT_TRUE(again.suite) << message(again.errors.front());
  EXPECT_EQ(again.suite->models[1].engine, "gemini");
}

TEST(Benchy, LongNumbersAreRefusedAsPythonDoes) {
  const auto text_of = [](const std::string& literal) {
    const auto scalar = read_old_scalar(literal);
    return scalar ? scalar->text : std::string("refused");
  };
  EXPECT_EQ(text_of(std::string(4300, '7')), std::string(4300, '7'));
  EXPECT_EQ(text_of(std::string(4301, '7')), "refused");
  EXPECT_EQ(text_of("0x" + std::string(3571, 'F')).size(), 4300U);
  EXPECT_EQ(text_of("0x" + std::string(3572, 'F')), "refused");
  EXPECT_EQ(text_of("0x" + std::string(5'000'000, 'F')), "refused");
  EXPECT_EQ(text_of("0b_"), "refused");
}

TEST(Benchy, ValuesThatDoubleWithEachVariableAreAnError) {
  std::string vars;
  for (int i = 0; i < 60; ++i) vars += fmt::format("v{}: \"{{{{v{}}}}}{{{{v{}}}}}\", ", i, i + 1, i + 1);
  const LoadOutcome outcome = load_text(
      "benchmark_name: x\npurpose: y\nbase_prompt: \"{{v0}}\"\nmodels: [\"fake~\"]\nevaluator: "
      "raw_string_evaluator\nprompts: [{dynamic_variables: {" +
      vars + "}, expectation: x}]\n");
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_NE(message(outcome.errors[0]).find("more than 64 MiB"), std::string::npos);
}

TEST(Benchy, AliasesAreBounded) {
  std::string text = kHead + "evaluator: raw_string_evaluator\nextra: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    text += fmt::format("extra{}: &{} [", c, c);
    for (int i = 0; i < 10; ++i) text += fmt::format("{}*{}", i == 0 ? "" : ", ", static_cast<char>(c - 1));
    text += "]\n";
  }
  const LoadOutcome outcome = load_text(text);
  ASSERT_FALSE(outcome.suite);
  EXPECT_NE(message(outcome.errors[0]).find("aliases stand for more than"), std::string::npos);
}

TEST(Benchy, AHundredThousandCases) {
  std::string text = kHead + "evaluator: raw_string_evaluator\nprompts:\n";
  for (int i = 0; i < 100'000; ++i)
    text += fmt::format("- dynamic_variables: {{a: {}}}\n  expectation: \"{}\"\n", i, i);
  const LoadOutcome outcome = load_text(text);
  ASSERT_TRUE(outcome.suite) << message(outcome.errors.front());
  EXPECT_EQ(outcome.suite->cases.size(), 100'000U);
  EXPECT_TRUE(outcome.warnings.empty());
}

}  // namespace
}  // namespace assay::suite
