// Answers that try to pass without being right: none does, and each would where tests and answer share a
// process. Skipped with the cause where no sandbox can be made.
#include "evaluator/python_cheats.h"

#include <gtest/gtest.h>

#include "sandbox/fake.h"
#include "sandbox/table.h"

namespace assay::evaluator {
namespace {

TEST(PythonCheats, none_passes) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  for (const sandbox::Containment& row : try_cheats(*sandbox))
    EXPECT_TRUE(row.holds) << row.threat << ": " << row.detail;
}

/// A harness as many are: the tests behind the code, and whoever ends well or says the word has passed.
bool naive_pass(sandbox::Sandbox& none, const Cheat& cheat) {
  const std::string source = std::string(cheat.answer) + "\n" + std::string(cheat.tests) + "\n";
  const sandbox::Outcome outcome =
      none.run({.source = source, .arguments = {}, .input = {}, .reply = {}}, {});
  return (outcome.end == sandbox::End::exited && outcome.status == 0) ||
         outcome.out.find("\"mark\": \"pass\"") != std::string::npos;
}

// The test of the test: a cheat that would fail anywhere proves nothing.
TEST(PythonCheats, each_passes_where_tests_and_answer_share_a_process) {
  const auto none = sandbox::find("none")->make({});
  if (!none) GTEST_SKIP() << message(none.error());
  for (const Cheat& cheat : cheats()) EXPECT_TRUE(naive_pass(**none, cheat)) << cheat.threat;
}

TEST(PythonCheats, a_broken_sandbox_holds_nothing) {
  for (const sandbox::Containment& row : try_cheats(std::make_shared<sandbox::FakeSandbox>())) {
    EXPECT_FALSE(row.holds) << row.threat;
    EXPECT_NE(row.detail.find("error: sandbox"), std::string::npos) << row.detail;
  }
}

}  // namespace
}  // namespace assay::evaluator
