// Benchy's five evaluators and its order of decision, on samples.
#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"
#include "sandbox/fake.h"

namespace assay::evaluator {
namespace {

using record::Verdict;
using sandbox::End;
using sandbox::Outcome;
using sandbox::Program;
using testing::check;
using testing::sample;

record::Suite benchy_suite(const std::string& type, const std::string& expect_json) {
  record::Suite suite = testing::suite({check(R"({"type": ")" + type + R"(", "pipeline": "raw"})")});
  suite.grading = record::Grading::benchy;
  suite.cases[0].expect = testing::value(expect_json);
  return suite;
}

Outcome ended(End end, int status, std::string out, std::string err, std::string detail = {}) {
  Outcome outcome;
  outcome.end = end;
  outcome.status = status;
  outcome.out = std::move(out);
  outcome.err = std::move(err);
  outcome.detail = std::move(detail);
  return outcome;
}

Outcome printed(std::string out) {
  return ended(End::exited, 0, std::move(out), "");
}

/// Answers every program with this, and keeps the program.
struct Scripted {
  Outcome outcome;
  Program seen;
  std::shared_ptr<sandbox::Sandbox> sandbox() {
    return std::make_shared<sandbox::FakeSandbox>([this](const Program& program, const sandbox::Limits&) {
      seen = program;
      return outcome;
    });
  }
};

Verdict judge_with(const record::Suite& suite, const record::Sample& given,
                   std::shared_ptr<sandbox::Sandbox> box = {}) {
  const Result<Grader> grader = Grader::make(suite, std::move(box));
  EXPECT_TRUE(grader.has_value()) << message(grader.error());
  return grader->judge(suite.cases[0], given);
}

std::string say(const Verdict& verdict) {
  return std::string(record::name_of(verdict.mark)) + (verdict.reason.empty() ? "" : ": " + verdict.reason);
}

TEST(Benchy, an_answer_is_graded_as_it_is) {
  const record::Suite suite = benchy_suite("raw_string_evaluator", R"("42")");
  EXPECT_EQ(say(judge_with(suite, sample("```\n42\n```"))), "pass");
  EXPECT_EQ(say(judge_with(suite, sample(""))), "fail: mismatch");
  EXPECT_EQ(say(judge_with(suite, sample("<think>hm</think>42"))), "fail: mismatch");
  EXPECT_EQ(say(judge_with(suite, sample("42", "length"))), "pass") << "cut, and graded";
  EXPECT_EQ(say(judge_with(suite, sample("<think>42", "length"))), "fail: mismatch");
}

TEST(Benchy, faults_have_no_verdict_and_late_answers_are_wrong) {
  const record::Suite suite = benchy_suite("raw_string_evaluator", R"("42")");
  record::Sample given = sample("42", "");
  given.status = record::Status::timeout;
  EXPECT_EQ(say(judge_with(suite, given)), "fail: timeout");
  given.status = record::Status::error;
  given.reason = "server_exit";
  EXPECT_EQ(say(judge_with(suite, given)), "error: server_exit");
}

TEST(Benchy, a_program_prints_the_number) {
  const record::Suite suite = benchy_suite("execute_python_code_with_num_output", "8");
  Scripted script{.outcome = printed("8.0000001\r\n"), .seen = {}};
  const Verdict verdict = judge_with(suite, sample("Here:\n```python\n'print(8)'\n```"), script.sandbox());
  EXPECT_EQ(say(verdict), "pass");
  EXPECT_EQ(verdict.extracted, "8.0000001");
  EXPECT_EQ(script.seen.source, "print(8)") << "without fences, then without quotes at its ends";
  EXPECT_EQ(script.seen.arguments, std::vector<std::string>{"--ignore-warnings"});
  EXPECT_EQ(script.seen.input, "");
}

TEST(Benchy, an_expression_is_wrapped_in_print) {
  const record::Suite suite = benchy_suite("python_print_execution_with_num_output", "5");
  Scripted script{.outcome = printed("5\n"), .seen = {}};
  EXPECT_EQ(say(judge_with(suite, sample("2 + 3"), script.sandbox())), "pass");
  EXPECT_EQ(script.seen.source, "print(2 + 3)");
}

TEST(Benchy, printed_numbers_are_compared_in_pythons_form) {
  Scripted script{.outcome = printed("4\n"), .seen = {}};
  EXPECT_EQ(say(judge_with(benchy_suite("execute_python_code_with_string_output", R"("4")"), sample("x"),
                           script.sandbox())),
            "fail: mismatch");
  EXPECT_EQ(say(judge_with(benchy_suite("execute_python_code_with_string_output", R"("4.0")"), sample("x"),
                           script.sandbox())),
            "pass");
}

TEST(Benchy, how_programs_end) {
  const record::Suite suite = benchy_suite("execute_python_code_with_string_output", R"("ok")");
  const auto ends = [&](Outcome outcome) {
    Scripted script{.outcome = std::move(outcome), .seen = {}};
    const Verdict verdict = judge_with(suite, sample("x"), script.sandbox());
    return say(verdict) + "|" + verdict.extracted;
  };
  EXPECT_EQ(ends(ended(End::exited, 1, "ok\n", "bad\n")), "fail: crash|Error: bad\n");
  EXPECT_EQ(ends(ended(End::signalled, 11, "ok\n", "")), "fail: crash|Error: ");
  EXPECT_EQ(ends(printed("\xff")), "fail: mismatch|Execution error: the program's output is not UTF-8");
  EXPECT_EQ(ends(ended(End::timeout, 0, "", "", "5 s")), "fail: timeout|Error: 5 s");
  EXPECT_EQ(ends(ended(End::memory_limit, 0, "", "", "1 GiB")), "fail: memory_limit|Error: 1 GiB");
  EXPECT_EQ(ends(ended(End::output_limit, 0, "", "", "1 MiB")), "fail: output_limit|Error: 1 MiB");
  EXPECT_EQ(ends(ended(End::broken, 0, "", "", "no namespaces")).substr(0, 14), "error: sandbox");
}

TEST(Benchy, an_empty_result_is_no_missing_one) {
  const record::Suite silent = benchy_suite("execute_python_code_with_string_output", R"("ok")");
  Scripted script{.outcome = printed(""), .seen = {}};
  EXPECT_EQ(judge_with(silent, sample("x = 1"), script.sandbox()).extracted, "") << "not the program";
  const record::Suite raw = benchy_suite("raw_string_evaluator", R"("")");
  const Verdict verdict = judge_with(raw, sample("that is all ```"));
  EXPECT_EQ(say(verdict), "pass");
  EXPECT_EQ(verdict.extracted, "");
}

TEST(Benchy, infinity_of_a_suite_is_that_of_an_answer) {
  record::Suite suite = benchy_suite("json_validator_eval", "{}");
  suite.cases[0].expect = record::Value{.kind = record::Value::Kind::mapping,
                                        .text = {},
                                        .items = {record::Value::of_number("-.inf")},
                                        .keys = {"v"}};
  EXPECT_EQ(say(judge_with(suite, sample("{\"v\": -Infinity}"))), "pass");
  EXPECT_EQ(say(judge_with(suite, sample("{\"v\": Infinity}"))), "fail: mismatch");
  suite.cases[0].expect->items[0] = record::Value::of_number(".nan");
  EXPECT_EQ(say(judge_with(suite, sample("{\"v\": NaN}"))), "fail: mismatch") << "not from JSON text";
}

TEST(Benchy, json_keeps_its_types_and_says_where_it_differs) {
  const record::Suite suite = benchy_suite("json_validator_eval", R"({"n": 2})");
  EXPECT_EQ(say(judge_with(suite, sample("```json\n{\"n\": 2}\n```"))), "pass");
  const Verdict verdict = judge_with(suite, sample("{\"n\": 2.0}"));
  EXPECT_EQ(say(verdict), "fail: mismatch");
  EXPECT_EQ(verdict.detail, "/n: expected an int, got a float");
}

}  // namespace
}  // namespace assay::evaluator
