// Rules of loading and writing that a data file cannot say.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "suite/load.h"
#include "suite/model.h"
#include "suite/tree.h"
#include "suite/write.h"
#include "testing/places.h"
#include "testing/suite_files.h"

namespace assay::suite {
namespace {

namespace fs = std::filesystem;

LoadOutcome load_text(const std::string& text) {
  return load(text, "test.yaml", testing::test_catalogue());
}

/// A suite with one prompt and these lines behind it.
std::string minimal(const std::string& more) {
  return "assay: 1\nprompt: x\n" + more;
}

std::string first_message(const LoadOutcome& outcome) {
  return outcome.errors.empty() ? "" : message(outcome.errors.front());
}

TEST(Write, EveryGoodTestFileLoadsBackEqual) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(ASSAY_SOURCE_DIR "/src/suite/testdata")) {
    const std::string path = entry.path().string();
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".yaml") || name.starts_with("fail_") || name.starts_with("_")) continue;
    SCOPED_TRACE(name);
    const LoadOutcome first = load_file(path, testing::test_catalogue());
    ASSERT_TRUE(first.suite);
    const std::string written = write(*first.suite);
    const LoadOutcome again = load(written, path, testing::test_catalogue());
    ASSERT_TRUE(again.suite) << first_message(again) << "\n" << written;
    EXPECT_TRUE(testing::without_places(*again.suite) == testing::without_places(*first.suite)) << written;
    EXPECT_EQ(write(*again.suite), written);
    ++files;
  }
  EXPECT_GE(files, 20);
}

TEST(Write, TextsSurviveWhateverTheyHold) {
  const std::vector<std::string> texts{"",
                                       " ",
                                       "\n",
                                       "a\n",
                                       "a\n\n",
                                       "\na",
                                       " a\nb",
                                       "a\n b",
                                       "a\n  \nb",
                                       "a\tb\n\tc",
                                       "#c",
                                       "a #b",
                                       "a: b",
                                       "- a",
                                       "---",
                                       "...",
                                       "'",
                                       "\"",
                                       "\\",
                                       "%",
                                       "@x",
                                       "`",
                                       "null",
                                       "~",
                                       "yes",
                                       "No",
                                       "1",
                                       "1e5",
                                       "0x1f",
                                       ".inf",
                                       "true",
                                       "a\rb",
                                       std::string("a\0b", 3),
                                       "\x7f",
                                       "\xC2\x85",
                                       "\xE2\x80\xA8",
                                       "\xEF\xBB\xBF",
                                       "é\nü\n",
                                       "{{",
                                       "[",
                                       "{a}",
                                       "a,b",
                                       "file://x",
                                       "!x",
                                       "&x",
                                       "*x",
                                       "?",
                                       "? a",
                                       ":",
                                       "<<",
                                       "=",
                                       "trailing ",
                                       "line \nline",
                                       std::string(3000, 'k')};
  for (const std::string& text : texts) {
    record::Suite suite = testing::suite_of(minimal("cases: [{id: a, expect: x}]\nevaluate: equals\n"));
    suite.cases[0].expect = record::Value::of_text(text);
    suite.cases[0].tags = {text};
    record::Value mapping{.kind = record::Value::Kind::mapping,
                          .text = {},
                          .items = {record::Value::of_text(text)},
                          .keys = {text}};
    suite.cases[0].choices = {mapping};
    suite.prompt.messages[0].content = text.find("{{") == std::string::npos ? text : "x";
    suite.name = text;
    if (text.empty()) suite.name = "n";
    const LoadOutcome again = load_text(write(suite));
    ASSERT_TRUE(again.suite) << first_message(again) << "\n" << write(suite);
    EXPECT_TRUE(testing::without_places(*again.suite) == testing::without_places(suite)) << write(suite);
  }
}

TEST(Load, PathsStartAtTheSuiteAndAreWrittenSo) {
  const LoadOutcome outcome =
      load("assay: 1\nprompt: x\ncases: [{}]\nmodels: [../m/a.gguf, llama:b.gguf, answers:/abs/c.jsonl]\n",
           "suites/deep/s.yaml", testing::test_catalogue());
  ASSERT_TRUE(outcome.suite);
  EXPECT_EQ(outcome.suite->models[0].model, "suites/m/a.gguf");
  EXPECT_EQ(outcome.suite->models[1].model, "suites/deep/b.gguf");
  EXPECT_EQ(outcome.suite->models[2].model, "/abs/c.jsonl");
  EXPECT_NE(write(*outcome.suite).find("../m/a.gguf"), std::string::npos);
}

TEST(Load, MissingModelFilesAreAQuestionOfTheirOwn) {
  const record::Suite suite =
      testing::suite_of(minimal("cases: [{}]\nmodels: [nowhere.gguf, \"fake:\", \"ollama:x\"]\n"));
  const Errors errors = missing_model_files(suite.models);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, Code::not_found);
  EXPECT_EQ(errors[0].where.line, 4);
  EXPECT_EQ(errors[0].where.column, 10);
}

TEST(Load, ColumnsCountCharacters) {
  const LoadOutcome outcome = load_text("assay: 1\nprompt: x\ncases: [ {vars: {ü: \"öäü\"}, wrong: 1} ]\n");
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(outcome.errors[0].where.line, 3);
  EXPECT_EQ(outcome.errors[0].where.column, 29);
}

TEST(Load, ByteOrderMarkAndCrlf) {
  const LoadOutcome outcome = load_text(
      "\xEF\xBB\xBF"
      "assay: 1\r\nprompt: |\r\n  a\r\n  b\r\ncases: [{}]\r\nwrong: 1\r\n");
  ASSERT_EQ(outcome.errors.size(), 1U) << first_message(outcome);
  EXPECT_EQ(outcome.errors[0].where.line, 6);
  EXPECT_EQ(outcome.errors[0].where.column, 1);
  EXPECT_EQ(testing::suite_of("\xEF\xBB\xBF"
                              "assay: 1\r\nprompt: |\r\n  a\r\n  b\r\ncases: [{}]\r\n")
                .prompt.messages[0]
                .content,
            "a\nb\n");
}

TEST(Load, AMissingValueIsPlacedAtItsKey) {
  const LoadOutcome outcome = load_text("assay: 1\nprompt:\n\n\ncases: [{}]\n");
  ASSERT_FALSE(outcome.errors.empty());
  EXPECT_EQ(outcome.errors[0].where.line, 2);
}

TEST(Load, LongLinesTakeLinearTime) {
  // No clock: quadratic work on 10 MB would take hours.
  const std::string line(10'000'000, 'x');
  EXPECT_TRUE(load_text(minimal("cases: [{expect: \"" + line + "\", evaluate: equals}]\n")).suite);
  std::string items;
  for (int i = 0; i < 50'000; ++i) items += "é, ";
  EXPECT_TRUE(load_text(minimal("evaluate: equals\ncases: [{expect: [" + items + "]}]\n")).suite);
  EXPECT_FALSE(load_text(minimal("cases: [{}]\n" + line.substr(0, 1'000'000) + "\n")).suite);
}

TEST(Load, AFewLinesCannotAskForAllMemory) {
  // 300 aliases of a megabyte; 10,000 cases with a megabyte each.
  const std::string text(1'000'000, 'x');
  std::string aliases;
  for (int i = 0; i < 300; ++i) aliases += ", *t";
  EXPECT_NE(first_message(load_text(minimal("tags: [&t " + text + aliases + "]\ncases: [{}]\n")))
                .find("aliases stand for"),
            std::string::npos);
  std::string hundred = "1";
  for (int i = 2; i <= 100; ++i) hundred += ", " + std::to_string(i);
  const LoadOutcome matrix =
      load_text(minimal("matrix: {t: [" + text + "], a: [" + hundred + "], b: [" + hundred + "]}\n"));
  EXPECT_NE(first_message(matrix).find("a matrix that makes more than"), std::string::npos);
}

TEST(Load, TooLargeIsSaid) {
  const LoadOutcome outcome = load_text(std::string((64U << 20U) + 1, ' '));
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_NE(first_message(outcome).find("at most 67108864 bytes"), std::string::npos);
}

TEST(Load, AFileThatCannotBeReadHasItsName) {
  const LoadOutcome outcome = load_file("/nowhere/suite.yaml", testing::test_catalogue());
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(outcome.errors[0].code, Code::not_found);
  EXPECT_EQ(outcome.errors[0].where.file, "/nowhere/suite.yaml");
}

TEST(Load, ErrorsHavePlacesAndAreCut) {
  std::string text = minimal("cases:\n");
  for (int i = 0; i < 5000; ++i) text += "  - {wrong: 1}\n";
  const LoadOutcome outcome = load_text(text);
  ASSERT_EQ(outcome.errors.size(), 101U);
  EXPECT_EQ(outcome.errors.back().found, "4900 more errors behind this one");
}

TEST(ContentId, DoesNotDependOnThePlaceOrTheOrderOfVariables) {
  const record::Suite one = testing::suite_of(
      "assay: 1\nprompt: \"{{a}}{{b}}\"\nevaluate: equals\ncases: [{vars: {a: 1, b: 2}, expect: 3}, {vars: "
      "{a: 2, b: 2}, expect: 4}]\n");
  const record::Suite two = testing::suite_of(
      "assay: 1\nprompt: \"{{b}}{{a}}\"\nevaluate: equals\ncases: [{expect: 4, vars: {b: 2, a: 2}}, {vars: "
      "{b: 2, a: 1}, tags: [t], expect: 3}]\n");
  EXPECT_EQ(one.cases[0].id, two.cases[1].id);
  EXPECT_EQ(one.cases[1].id, two.cases[0].id);
  EXPECT_NE(one.cases[0].id, one.cases[1].id);
  // Pinned: ids are stored in results and must never change. printf 'var a "#1"\\nvar b "#2"\\nexpect
  // "#3"\\n' | sha256sum.
  EXPECT_EQ(one.cases[0].id, "4076719d309a");
}

TEST(ContentId, TextAndNumberDiffer) {
  const record::Suite suite = testing::suite_of(
      "assay: 1\nprompt: \"{{a}}\"\ncases: [{vars: {a: 1}}, {vars: {a: \"1\"}}, {vars: {a: 1.0}}]\n");
  EXPECT_NE(suite.cases[0].id, suite.cases[1].id);
  EXPECT_NE(suite.cases[0].id, suite.cases[2].id);
}

TEST(ParseModel, CommandLineFormsStartAtTheCurrentFolder) {
  const record::Catalogue& known = testing::test_catalogue();
  EXPECT_EQ(parse_model("a/b.gguf", "", known)->model, "a/b.gguf");
  EXPECT_EQ(parse_model("a:b.gguf", "", known)->model, "a:b.gguf");
  EXPECT_EQ(parse_model("ollama:hf.co/x/y:Q4_K_M", "f", known)->model, "hf.co/x/y:Q4_K_M");
  const auto server = parse_model("openai:http://h:1/v1#m#n", "f", known);
  EXPECT_EQ(server->url, "http://h:1/v1");
  EXPECT_EQ(server->model, "m#n");
  EXPECT_FALSE(parse_model("", "", known));
  EXPECT_NE(sentence(parse_model("ollama~x", "", known).error()).find("Write: ollama:x"), std::string::npos);
  EXPECT_NE(sentence(parse_model("olama:x", "", known).error()).find("Did you mean"), std::string::npos);
}

TEST(KindOfPlain, CoreRulesOfYaml12) {
  for (const char* text :
       {"0", "-1", "+1", "1.", ".5", "-.5", "1.5e3", "1E-3", "007", "0o17", "0x1F", ".inf", "-.INF", ".nan"})
    EXPECT_EQ(kind_of_plain(text), Kind::number) << text;
  for (const char* text : {"true", "True", "FALSE"}) EXPECT_EQ(kind_of_plain(text), Kind::boolean) << text;
  for (const char* text : {"", "~", "null", "Null", "NULL"})
    EXPECT_EQ(kind_of_plain(text), Kind::null) << text;
  for (const char* text : {"yes", "on", ".", "-", "+", "e5", "1e", "1e+", "0o8", "0xG", "0x", "-0x1", "1_000",
                           "1.2.3", "tRue", "nULL", ".INf"})
    EXPECT_EQ(kind_of_plain(text), Kind::text) << text;
}

TEST(Load, AHundredThousandCases) {
  std::string text = "assay: 1\nprompt: \"{{a}}\"\nevaluate: equals\ncases:\n";
  for (int i = 0; i < 100'000; ++i)
    text += "  - {vars: {a: " + std::to_string(i) + "}, expect: \"" + std::to_string(i) + "\"}\n";
  const LoadOutcome outcome = load_text(text);
  ASSERT_TRUE(outcome.suite) << first_message(outcome);
  EXPECT_EQ(outcome.suite->cases.size(), 100'000U);
  const LoadOutcome again = load_text(write(*outcome.suite));
  ASSERT_TRUE(again.suite);
  EXPECT_EQ(again.suite->cases.back().id, outcome.suite->cases.back().id);
}

}  // namespace
}  // namespace assay::suite
