// How the checks of a case make its verdict, and which checks a case has.
#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::Verdict;
using testing::asks_42;
using testing::check;
using testing::judge;
using testing::sample;
using testing::say;
using testing::suite;

TEST(GraderAssertions, several_assertions_all_have_to_pass) {
  const record::Suite asked =
      suite({check(R"({"type": "contains", "value": "a", "weight": 3, "metric": "style"})"),
             check(R"({"type": "contains", "value": "b"})")});
  const Verdict verdict = judge(asked, sample("a"));
  EXPECT_EQ(say(verdict), "fail: mismatch");
  EXPECT_EQ(verdict.detail, "'b' does not occur");
  EXPECT_EQ(verdict.score, 0.75);
  EXPECT_EQ(verdict.assertions[0].metric, "style");
  EXPECT_EQ(say(judge(asked, sample("ab"))), "pass: ");
}

TEST(GraderAssertions, a_case_with_a_threshold_passes_by_the_weighted_mean) {
  const std::string two_of_three = R"({"type": "contains", "value": "a", "weight": 2})";
  record::Suite asked = suite({check(two_of_three), check(R"({"type": "contains", "value": "b"})"),
                               check(R"({"type": "contains", "value": "c", "weight": 0})")});
  EXPECT_EQ(say(judge(asked, sample("a"))), "fail: mismatch");
  asked.cases[0].threshold = 0.66;
  const Verdict passes = judge(asked, sample("a"));
  EXPECT_EQ(say(passes), "pass: ");
  EXPECT_DOUBLE_EQ(passes.score.value(), 2.0 / 3);
  EXPECT_EQ(passes.detail, "weighted mean 0.6667, threshold 0.66");
  asked.cases[0].threshold = 0.67;
  EXPECT_EQ(say(judge(asked, sample("a"))), "fail: threshold");
}

TEST(GraderAssertions, a_set_is_one_assertion_followed_by_its_members) {
  const record::Suite asked =
      suite({check(R"({"type": "assert-set", "threshold": 0.5, "metric": "form", "assert": [
      {"type": "contains", "value": "a", "metric": "m"}, {"type": "contains", "value": "b"}]})")});
  const Verdict verdict = judge(asked, sample("a"));
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.score, 0.5);
  ASSERT_EQ(verdict.assertions.size(), 3U);
  EXPECT_EQ(verdict.assertions[0].type, "assert-set@1");
  EXPECT_EQ(verdict.assertions[0].metric, "form");
  EXPECT_EQ(verdict.assertions[1].type, "contains@1");
  EXPECT_EQ(verdict.assertions[1].metric, "m");
  EXPECT_EQ(verdict.assertions[2].mark, Mark::fail);
}

TEST(GraderAssertions, an_error_beside_a_pass_is_an_error_and_beside_a_fail_a_fail) {
  const char* exploding = R"_({"type": "regex", "value": "(a+)+$"})_";
  const std::string text = std::string(40, 'a') + "!";
  EXPECT_EQ(
      say(judge(suite({check(exploding), check(R"({"type": "contains", "value": "!"})")}), sample(text))),
      "error: internal");
  EXPECT_EQ(
      say(judge(suite({check(exploding), check(R"({"type": "contains", "value": "?"})")}), sample(text))),
      "fail: mismatch");
}

TEST(GraderAssertions, no_assertion_is_ungraded) {
  EXPECT_EQ(say(judge(suite({}), sample("42"))), "ungraded: grader_missing");
}

TEST(GraderAssertions, checks_of_a_case_replace_those_of_the_suite) {
  record::Suite asked = asks_42();
  asked.cases[0].checks = {check(R"({"type": "equals"})")};
  asked.cases[0].expect = record::Value::of_text("yes");
  EXPECT_EQ(say(judge(asked, sample("yes"))), "pass: ");
}

TEST(GraderAssertions, each_case_has_its_own_expectation) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases[0].expect = record::Value::of_number("1");
  asked.cases.push_back(asked.cases[0]);
  asked.cases[1].id = "d";
  asked.cases[1].expect = record::Value::of_number("2");
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_TRUE(grader);
  EXPECT_EQ(grader->judge(asked.cases[0], sample("1")).mark, Mark::pass);
  EXPECT_EQ(grader->judge(asked.cases[1], sample("1")).mark, Mark::fail);
  EXPECT_EQ(grader->judge(asked.cases[1], sample("2")).mark, Mark::pass);
}

TEST(GraderAssertions, a_case_that_it_never_saw_is_compiled_on_the_way) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases.clear();
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_TRUE(grader);
  record::Case late;
  late.id = "late";
  EXPECT_EQ(say(grader->judge(late, sample("1"))), "ungraded: grader_missing");
  late.expect = record::Value::of_number("1");
  EXPECT_EQ(say(grader->judge(late, sample("1"))), "pass: ");
}

TEST(GraderAssertions, a_missing_expectation_is_an_error_with_the_place_of_the_case) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases[0].where = {.file = "s.yaml", .line = 9, .column = 5};
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_FALSE(grader);
  EXPECT_EQ(message(grader.error()).find("s.yaml:9:5: numeric has nothing to compare with"), 0U);
}

}  // namespace
}  // namespace assay::evaluator
