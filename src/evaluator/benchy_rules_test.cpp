// The golden examples of Benchy's rules, and what they leave open.
#include "evaluator/benchy_rules.h"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "evaluator/json_compare.h"
#include "evaluator/json_text.h"

namespace assay::evaluator::benchy {
namespace {

using record::Value;

bool truth(const Value& value) {
  return value.text == "true";
}

/// assay's own strict comparison; absent when the expectation is a text that is no JSON.
std::optional<bool> strictly_equal(const Value& expectation, const std::string& answer) {
  const std::string wanted =
      expectation.kind == Value::Kind::text ? expectation.text : json_text_of(expectation);
  const auto expected = parse_json_text(wanted);
  if (!expected) return std::nullopt;
  const auto got = parse_json_text(answer);
  return got && compare(*expected, *got, {}).outcome == JsonOutcome::equal;
}

void check_json(const Value& row) {
  const Value& in = *row.find("in");
  const Value& out = *row.find("out");
  const JsonRuling ruling = json_rule(in.items[0], in.items[1].text);
  EXPECT_EQ(ruling.correct, truth(out.items[0])) << ruling.why;
  EXPECT_FALSE(ruling.why.empty());
  const std::optional<bool> strict = strictly_equal(in.items[0], in.items[1].text);
  if (strict) {
    EXPECT_EQ(*strict, truth(out.items[1]));
  }
}

void check_row(const Value& row) {
  const std::string& rule = row.find("rule")->text;
  const std::vector<Value>& in = row.find("in")->items;
  const Value& out = *row.find("out");
  if (rule == "without_fences") {
    EXPECT_EQ(without_fences(in[0].text), out.text);
  } else if (rule == "program_of") {
    EXPECT_EQ(program_of(in[0].text, truth(*row.find("print"))), out.text);
  } else if (rule == "result_of_output") {
    EXPECT_EQ(result_of_output(in[0].text), out.text);
  } else if (rule == "numeric_rule") {
    EXPECT_EQ(numeric_rule(in[0].text, in[1].text), truth(out));
  } else if (rule == "string_output") {
    const std::string result = result_of_output(in[1].text);
    EXPECT_EQ(result, out.items[0].text);
    EXPECT_EQ(text_rule(in[0].text, result), truth(out.items[1]));
  } else if (rule == "raw_text") {
    const std::string result = without_fences(in[1].text);
    EXPECT_EQ(result, out.items[0].text);
    EXPECT_EQ(text_rule(in[0].text, result), truth(out.items[1]));
  } else if (rule == "json_rule") {
    check_json(row);
  } else {
    FAIL() << "unknown rule " << rule;
  }
}

TEST(BenchyRules, every_golden_example) {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/benchy/rules.jsonl");
  std::string line;
  std::map<char, int> seen;
  while (std::getline(file, line)) {
    const Result<Value> row = record::value_from_json(line);
    ASSERT_TRUE(row.has_value()) << line;
    SCOPED_TRACE(row->find("id")->text);
    check_row(*row);
    ++seen[row->find("id")->text[0]];
  }
  EXPECT_EQ(seen,
            (std::map<char, int>{{'C', 9}, {'F', 12}, {'J', 19}, {'N', 20}, {'P', 6}, {'S', 5}, {'T', 3}}));
}

Value json(const char* text) {
  return record::value_from_json(text).value();
}

TEST(BenchyRules, json_that_is_too_deep_is_wrong_and_says_so) {
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  const JsonRuling ruling = json_rule(json("[[1]]"), deep);
  EXPECT_FALSE(ruling.correct);
  EXPECT_NE(ruling.why.find("nested deeper"), std::string::npos) << ruling.why;
}

TEST(BenchyRules, json_in_pythons_dialect) {
  EXPECT_TRUE(json_rule(Value::of_text("[Infinity, -Infinity]"), "[1e999, -1e999]").correct);
  EXPECT_TRUE(json_rule(Value::of_text(R"({"a": "\ud83d\ude00"})"), R"({"a": "😀"})").correct);
  EXPECT_TRUE(json_rule(Value::of_text(R"({"a": "\ud83d"})"), R"({"a": "\ud83d"})").correct)
      << "half of a pair";
  EXPECT_FALSE(json_rule(Value::of_text(R"({"a": "\ud83d"})"), R"({"a": "\ude00"})").correct);
  EXPECT_TRUE(json_rule(json(R"({"a": 2})"), R"({"a": 1, "a": 2})").correct) << "the last of equal names";
  EXPECT_FALSE(json_rule(json(R"({"a": 2})"), R"({"a": 2, "a": 1})").correct);
  EXPECT_FALSE(json_rule(json("[9007199254740993]"), "[9007199254740992.0]").correct)
      << "int against float is exact";
  EXPECT_FALSE(json_rule(json("[]"), "[1]").correct);
  EXPECT_TRUE(json_rule(json(R"({"__a": [1, 2]})"), "{}").correct);
  EXPECT_EQ(json_rule(json(R"({"a": [1, {"b": 2}]})"), R"({"a": [1, {"b": 3}]})").why,
            "/a/1/b: expected 2, got 3");
}

TEST(BenchyRules, the_tolerance_is_strict_and_absolute) {
  EXPECT_TRUE(numeric_rule("1000000", "1000000.0000009"));
  EXPECT_FALSE(numeric_rule("nan", "nan"));
  EXPECT_TRUE(numeric_rule("four", " four\n"));
}

}  // namespace
}  // namespace assay::evaluator::benchy
