// Every row of the threat table, by programs that would tell of an escape; and that they would: the same ones
// with harmless aims, where nothing holds them. Skipped with the cause where no sandbox can be made.
#include "sandbox/containment.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "sandbox/fake.h"
#include "sandbox/table.h"

namespace assay::sandbox {
namespace {

TEST(Containment, every_threat) {
  const auto sandbox = make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  const std::vector<Containment> rows = self_test(**sandbox);
  EXPECT_GE(rows.size(), 29U);
  for (const Containment& row : rows) EXPECT_TRUE(row.holds) << row.threat << ": " << row.detail;
}

/// No protection, and limits that are too wide for what the programs try.
class Loose final : public Sandbox {
 public:
  explicit Loose(std::shared_ptr<Sandbox> none) : none_(std::move(none)) {}
  Outcome run(const Program& program, const Limits& limits) override {
    Limits wide = limits;
    wide.wall = std::chrono::seconds(30);
    for (std::uint64_t* limit : {&wide.memory, &wide.file, &wide.out, &wide.err}) *limit *= 16;
    return none_->run(program, wide);
  }
  std::string describe() const override { return "loose"; }

 private:
  std::shared_ptr<Sandbox> none_;
};

// The test of the test: a canary file, a socket, processes, memory and time outside tell of each escape.
TEST(Containment, every_escape_is_noticed) {
  if (const auto sandbox = make_best({}); !sandbox) GTEST_SKIP() << message(sandbox.error());
  Loose loose(*find("none")->make({}));
  const std::vector<Containment> rows = self_test(loose, Dose::tame);
  EXPECT_GE(rows.size(), 26U);
  for (const Containment& row : rows) {
    // Who has no right to give away keeps nothing from the program.
    if (row.threat == "becoming another user" && geteuid() != 0) continue;
    EXPECT_FALSE(row.holds) << row.threat;
    EXPECT_FALSE(row.detail.starts_with("the next program")) << row.threat << ": " << row.detail;
  }
}

TEST(Containment, what_is_noticed_is_the_lack_of_a_sandbox) {
  const auto sandbox = make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  for (const Containment& row : self_test(**sandbox, Dose::tame))
    EXPECT_TRUE(row.holds) << row.threat << ": " << row.detail;
}

TEST(Containment, a_sandbox_that_does_not_run_holds_nothing) {
  FakeSandbox broken;
  for (const Containment& row : self_test(broken)) EXPECT_FALSE(row.holds) << row.threat;
}

TEST(Containment, a_program_that_says_more_than_kept_was_not_held) {
  FakeSandbox talks([](const Program&, const Limits&) {
    Outcome outcome;
    outcome.end = End::exited;
    outcome.out = "escaped: 1\nkept\n";
    return outcome;
  });
  for (const Containment& row : self_test(talks)) EXPECT_FALSE(row.holds) << row.threat;
}

}  // namespace
}  // namespace assay::sandbox
