// The evaluators that run programs: every row of testdata/python (its columns are those of table_test.cpp) in
// a real sandbox, skipped with the cause where none can be made; and what a broken one means, in a scripted
// one.
#include <atomic>
#include <csignal>
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
  find_mistakes("python_reference.jsonl");
  find_mistakes("script.jsonl");
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

TEST(Python, python_tests_by_a_reference_solution) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  judge_file("python_reference.jsonl", *sandbox);
}

TEST(Python, script) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  judge_file("script.jsonl", *sandbox);
}

record::Suite with_check(const Json& check) {
  return testing::suite({testing::check(check.dump())});
}

std::string detail_of(const Grader& grader, const record::Suite& suite, const std::string& answer) {
  const record::Verdict verdict = grader.judge(suite.cases[0], testing::sample(answer));
  return std::string(record::name_of(verdict.mark)) + " " + verdict.assertions.at(0).reason;
}

TEST(Python, a_script_lives_as_long_as_the_grading) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  const record::Suite suite = with_check({{"type", "script"},
                                          {"value",
                                           "n = 0\ndef check(output, context):\n    global n\n    n += 1\n"
                                           "    if output == 'end' and n > 1: raise SystemExit(3)\n"
                                           "    return {'pass': True, 'reason': '%s %d' % (output, n)}"}});
  const Result<Grader> grader = Grader::make(suite, *sandbox);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  EXPECT_EQ(detail_of(*grader, suite, "a"), "pass a 1");
  EXPECT_EQ(detail_of(*grader, suite, "a"), "pass a 2");
  // It ends, and the answer gets another one before it is given up.
  EXPECT_EQ(detail_of(*grader, suite, "end"), "pass end 1");
  EXPECT_EQ(detail_of(*grader, suite, "a"), "pass a 2");
}

TEST(Python, a_script_that_waits_keeps_no_timeout_from_its_second_run) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  const record::Suite suite = testing::suite(
      {testing::check(R"({"type": "script", "value": "def check(output, context): return True"})"),
       testing::check(R"({"type": "python-output", "value": 4, "timeout_s": 0.2})")});
  const Result<Grader> grader = Grader::make(suite, *sandbox);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  const record::Verdict verdict = grader->judge(suite.cases[0], testing::sample("while True: pass"));
  EXPECT_EQ(verdict.reason, "timeout");
  EXPECT_EQ(verdict.assertions.at(0).mark, record::Mark::pass);
}

TEST(Python, what_programs_took_is_in_the_steps) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  record::Suite suite =
      testing::suite({testing::check(R"({"type": "equals", "value": "x"})"),
                      testing::check(R"({"type": "python-output", "value": 4})"),
                      testing::check(R"({"type": "python-tests", "value": {"tests": "assert f() == 1"}})")});
  const Result<Grader> grader = Grader::make(suite, *sandbox);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  const Json steps =
      grader->judge(suite.cases[0], testing::sample("def f(): return sum(range(10**6)) * 0 + 1\nf()")).steps;
  ASSERT_EQ(steps.at("programs").size(), 3U) << steps.dump();
  EXPECT_TRUE(steps["programs"][0].is_null());
  for (const Json& one : {steps["programs"][1].at("program"), steps["programs"][2].at("candidate"),
                          steps["programs"][2].at("tests")}) {
    EXPECT_EQ(one.at("end").get<std::string>().empty(), false);
    EXPECT_GT(one.at("wall_ms").get<double>(), 0);
    EXPECT_GT(one.at("cpu_ms").get<double>(), 0);
  }
}

/// A sandbox whose reference solution took so many seconds for each of two calls, and whose candidate is
/// stopped by the timer of a call.
std::shared_ptr<sandbox::FakeSandbox> stopped_after(const std::string& seconds, std::atomic<int>& candidates,
                                                    std::atomic<Nanos>& wall) {
  return std::make_shared<sandbox::FakeSandbox>(
      [&, seconds](const sandbox::Program& program, const sandbox::Limits& limits) {
        sandbox::Outcome outcome;
        outcome.end = sandbox::End::exited;
        const std::string result = R"({"value": ["i", "0x5"], "seconds": )" + seconds + "}";
        if (!program.reply) {
          outcome.out = "[" + result + ", " + result + "]";
        } else if (program.source.find("class Judge") != std::string::npos) {
          program.reply("start 2");
          program.reply("call 0 {}");
        } else {
          ++candidates;
          wall = limits.wall;
          outcome.end = sandbox::End::signalled;
          outcome.status = SIGALRM;
        }
        return outcome;
      });
}

TEST(Python, a_call_may_take_four_times_what_the_reference_took) {
  const Json value{{"reference", "def f(x): return 5"}, {"entry_point", "f"}, {"inputs", {{1}, {2}}}};
  const record::Suite suite = with_check({{"type", "python-tests"}, {"value", value}});
  for (const auto& [seconds, limit] : {std::pair{"0.1", 4 + 4 + 1}, {"2", 8 + 8 + 1}, {"30", 60 + 1}}) {
    std::atomic<int> candidates{0};
    std::atomic<Nanos> wall{Nanos{0}};
    const Result<Grader> grader = Grader::make(suite, stopped_after(seconds, candidates, wall));
    ASSERT_TRUE(grader.has_value()) << message(grader.error());
    EXPECT_EQ(
        detail_of(*grader, suite, "def f(x): return 5"),
        "fail timeout: a call took 4 s and more than 4 times the reference's (0 of 2 assertions answered)");
    EXPECT_EQ(wall.load(), std::chrono::seconds(limit));
    EXPECT_EQ(candidates.load(), 2);  // the second time with nothing beside it
  }
}

TEST(Python, identical_programs_run_once) {
  int runs = 0;
  const auto fake =
      std::make_shared<sandbox::FakeSandbox>([&](const sandbox::Program&, const sandbox::Limits&) {
        ++runs;
        sandbox::Outcome outcome;
        outcome.end = sandbox::End::exited;
        outcome.out = "4\n";
        return outcome;
      });
  const record::Suite output = with_check({{"type", "python-output"}, {"value", 4}});
  const Result<Grader> grader = Grader::make(output, fake);
  for (const char* answer : {"print(4)", "print(4)", "```python\nprint(4)\n```", "print(2 + 2)"})
    EXPECT_EQ(grader->judge(output.cases[0], testing::sample(answer)).mark, record::Mark::pass);
  EXPECT_EQ(runs, 2);
  // Two programs that talk are run together, and remembered as one.
  runs = 0;
  const record::Suite tests =
      with_check({{"type", "python-tests"}, {"value", {{"tests", "assert f() == 1"}}}});
  const Result<Grader> by_tests = Grader::make(tests, fake);
  for (const char* answer : {"def f(): return 1", "def f(): return 1", "def f(): return 2"})
    static_cast<void>(by_tests->judge(tests.cases[0], testing::sample(answer)));
  EXPECT_EQ(runs, 2);  // the fake judge says nothing, so that no candidate is started
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
