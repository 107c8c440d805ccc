// The evaluators that run programs: every row of testdata/python (its columns are those of table_test.cpp) in
// a real sandbox, skipped with the cause where none can be made; and what a broken one means, in a scripted
// one.
#include <fstream>

#include <gtest/gtest.h>

#include "evaluator/catalogue.h"
#include "evaluator/grading_test_util.h"
#include "sandbox/fake.h"
#include "sandbox/table.h"

namespace assay::evaluator {
namespace {

using record::Value;

std::vector<std::pair<int, Value>> rows_of(const std::string& name) {
  std::vector<std::pair<int, Value>> rows;
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/python/" + name);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) rows.emplace_back(number, testing::value(line));
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

record::Suite suite_of(const Value& row) {
  record::Suite suite = testing::suite({testing::check(*row.find("check"))});
  if (const Value* expect = row.find("expect")) suite.cases[0].expect = *expect;
  return suite;
}

void judge_row(const Value& row, const std::shared_ptr<sandbox::Sandbox>& sandbox) {
  const record::Suite suite = suite_of(row);
  const Result<Grader> grader = Grader::make(suite, sandbox);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  const record::Verdict verdict = grader->judge(suite.cases[0], testing::sample(row.find("answer")->text));
  EXPECT_EQ(row.find("verdict")->text, record::name_of(verdict.mark)) << verdict.detail;
  if (const Value* reason = row.find("reason")) {
    ASSERT_FALSE(verdict.assertions.empty());
    std::string wanted = reason->text;
    std::string got = verdict.assertions[0].reason;
    constexpr std::string_view kAndSoOn = "…";
    if (wanted.ends_with(kAndSoOn)) {
      wanted.resize(wanted.size() - kAndSoOn.size());
      got.resize(std::min(got.size(), wanted.size()));
    }
    EXPECT_EQ(wanted, got) << verdict.detail;
  }
  if (const Value* flags = row.find("flags")) {
    EXPECT_EQ(verdict.flags, std::vector<std::string>{flags->items[0].text});
  }
}

void find_mistakes(const std::string& name) {
  for (const auto& [line, row] : rows_of(name)) {
    SCOPED_TRACE(name + ":" + std::to_string(line));
    const std::optional<Error> error = try_check(suite_of(row).checks[0], row.find("expect"));
    EXPECT_EQ(error.has_value(), row.find("error") != nullptr) << (error ? message(*error) : "no error");
    if (error && row.find("error") != nullptr) {
      EXPECT_NE(message(*error).find(row.find("error")->text), std::string::npos) << message(*error);
      EXPECT_FALSE(error->expected.empty()) << message(*error);
    }
  }
}

TEST(Python, mistakes_of_authors) {
  find_mistakes("python_output.jsonl");
  find_mistakes("python_tests.jsonl");
}

void judge_file(const std::string& name, const std::shared_ptr<sandbox::Sandbox>& sandbox) {
  for (const auto& [line, row] : rows_of(name)) {
    SCOPED_TRACE(name + ":" + std::to_string(line));
    if (row.find("error") == nullptr) judge_row(row, sandbox);
  }
}

TEST(Python, python_output) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  judge_file("python_output.jsonl", *sandbox);
}

TEST(Python, python_tests) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  judge_file("python_tests.jsonl", *sandbox);
}

/// What Benchy would call the execution result, of each program of testdata/python/benchy_runs.jsonl.
TEST(Python, execution_results_of_benchy) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  record::Suite suite = testing::suite({testing::check(
      R"({"type": "execute_python_code_with_string_output", "pipeline": "raw", "value": "something else"})")});
  suite.grading = record::Grading::benchy;
  const Result<Grader> grader = Grader::make(suite, *sandbox);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  for (const auto& [line, row] : rows_of("benchy_runs.jsonl")) {
    const record::Verdict verdict = grader->judge(suite.cases[0], testing::sample(row.find("program")->text));
    EXPECT_EQ(verdict.extracted, row.find("result")->text) << row.find("id")->text << " " << verdict.detail;
  }
}

record::Suite asks_for_4() {
  return testing::suite({testing::check(R"({"type": "python-output", "value": 4, "timeout_s": 2})")});
}

TEST(Python, a_broken_sandbox_is_an_error_and_never_a_fail) {
  const record::Suite suite = asks_for_4();
  const auto grader = Grader::make(suite, std::make_shared<sandbox::FakeSandbox>());
  ASSERT_TRUE(grader.has_value());
  const record::Verdict verdict = grader->judge(suite.cases[0], testing::sample("print(4)"));
  EXPECT_EQ(verdict.mark, record::Mark::error);
  EXPECT_EQ(verdict.reason, "sandbox");
}

TEST(Python, what_ran_the_programs_is_in_the_versions) {
  const auto fake = std::make_shared<sandbox::FakeSandbox>();
  EXPECT_EQ(Grader::make(asks_for_4(), fake)->versions()["sandbox"], "fake");
  const record::Suite text = testing::suite({testing::check(R"({"type": "equals", "value": 4})")});
  EXPECT_FALSE(Grader::make(text, fake)->versions().contains("sandbox"));
}

TEST(Python, no_sandbox_is_a_suite_error_before_anything_is_asked) {
  EXPECT_TRUE(needs_sandbox(asks_for_4()));
  const auto grader = Grader::make(asks_for_4());
  ASSERT_FALSE(grader.has_value());
  EXPECT_EQ(grader.error().code, Code::unavailable);
  EXPECT_NE(message(grader.error()).find("--unsafe-no-sandbox"), std::string::npos);
  EXPECT_FALSE(needs_sandbox(testing::suite({testing::check(R"({"type": "equals", "value": 4})")})));
}

TEST(Python, the_program_gets_what_the_suite_says) {
  sandbox::Program seen;
  Nanos wall{0};
  const auto sandbox = std::make_shared<sandbox::FakeSandbox>(
      [&](const sandbox::Program& program, const sandbox::Limits& limits) {
        seen = program;
        wall = limits.wall;
        sandbox::Outcome outcome;
        outcome.end = sandbox::End::exited;
        outcome.out = "4\n";
        return outcome;
      });
  const record::Suite suite = asks_for_4();
  const record::Verdict verdict =
      Grader::make(suite, sandbox)
          ->judge(suite.cases[0], testing::sample("It is:\n```python\nprint(2 + 2)\n```\n"));
  EXPECT_EQ(verdict.mark, record::Mark::pass) << verdict.detail;
  EXPECT_EQ(seen.source, "print(2 + 2)");
  EXPECT_EQ(wall, std::chrono::seconds(2));
}

}  // namespace
}  // namespace assay::evaluator
