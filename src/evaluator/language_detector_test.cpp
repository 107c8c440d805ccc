// The language of answers against IFEval's reference (testdata/languages/make_known_answers.py).
#include "evaluator/language_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluator/grading_test_util.h"
#include "evaluator/ifeval_checks.h"
#include "evaluator/ifeval_text.h"

namespace assay::evaluator {
namespace {

/// The first describes the others.
std::vector<Json> known_answers() {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/languages/known_answers.jsonl");
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(*parse_json(line));
  return rows;
}

std::optional<std::string> text_in(const Json& row, const char* key) {
  return row[key].is_null() ? std::nullopt : std::optional(row[key].get<std::string>());
}

bool follows(std::string_view id, const std::string& kwargs, const std::string& answer) {
  const MadeInstruction made = make_instruction(id, *record::value_from_json(kwargs));
  EXPECT_TRUE(made.has_value()) << id;
  return made && (*made)->follows(answer);
}

/// As the reference's three checkers decide, given the language that is found.
void expect_verdicts(const std::optional<std::string>& found, const std::string& answer) {
  for (const std::string_view code : language_codes()) {
    EXPECT_EQ(follows("language:response_language", "{\"language\": \"" + std::string(code) + "\"}", answer),
              found.value_or(std::string(code)) == code)
        << code;
  }
  const bool english = found.value_or("en") == "en";
  EXPECT_EQ(follows("change_case:english_capital", "{}", answer), is_upper(answer) && english);
  EXPECT_EQ(follows("change_case:english_lowercase", "{}", answer), is_lower(answer) && english);
}

TEST(LanguageDetector, agrees_with_the_reference_on_known_answers_but_where_a_reason_stands) {
  const std::vector<Json> rows = known_answers();
  if (rows.front()["detector"] != language_detector()) GTEST_SKIP() << "taken with another detector";
  std::map<std::string, std::pair<int, int>> agreed;  // of each kind: agreeing, all
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Json& row = rows[i];
    SCOPED_TRACE(row.dump());
    const bool differs = row.contains("differs");
    EXPECT_EQ(differs, row.contains("ours"));
    const std::optional<std::string> found = text_in(row, differs ? "ours" : "detect");
    EXPECT_EQ(differs, found != text_in(row, "detect"));
    EXPECT_EQ(language_of(row["text"].get<std::string>()), found);
    expect_verdicts(found, row["text"]);
    auto& [same, all] = agreed[row["kind"]];
    same += differs ? 0 : 1;
    ++all;
  }
  // docs/evaluators.md tells these.
  EXPECT_EQ(agreed, (std::map<std::string, std::pair<int, int>>{{"sentences", {57, 58}},
                                                                {"capitals", {6, 8}},
                                                                {"small letters", {5, 7}},
                                                                {"short", {8, 12}},
                                                                {"mixed", {3, 5}},
                                                                {"no prose", {8, 12}}}));
}

TEST(LanguageDetector, each_code_that_a_suite_may_name_is_found_in_some_answer) {
  if (!has_language_detector()) GTEST_SKIP() << "this build has no detector";
  std::vector<std::string> found;
  for (const Json& row : known_answers()) {
    if (row.contains("text")) found.push_back(language_of(row["text"].get<std::string>()).value_or(""));
  }
  for (const std::string_view code : language_codes())
    EXPECT_NE(std::find(found.begin(), found.end(), code), found.end()) << code;
}

TEST(LanguageDetector, no_text_stops_it) {
  for (const std::string& text : {std::string(), std::string(200'000, 'a'), std::string(200'000, '<'),
                                  std::string(200'000, '@'), std::string("\0\xef\xbf\xbf", 4)})
    EXPECT_TRUE(language_of(text).value_or("en").size() >= 2);
}

TEST(LanguageDetector, an_unknown_language_is_told_with_its_place) {
  if (!has_language_detector()) GTEST_SKIP() << "this build has no detector";
  record::Suite suite = testing::suite(
      {testing::check(R"({"type": "ifeval", "value": {"instruction_id_list": ["language:response_language"],)"
                      R"( "kwargs": [{"language": "xx"}]}})")});
  suite.checks[0].where = {.file = "s.yaml", .line = 7, .column = 3};
  const Result<Grader> grader = Grader::make(suite);
  ASSERT_FALSE(grader.has_value());
  EXPECT_EQ(message(grader.error()).substr(0, 12), "s.yaml:7:3: ") << message(grader.error());
}

}  // namespace
}  // namespace assay::evaluator
