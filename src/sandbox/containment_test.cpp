// Every row of the threat table, by programs that would tell of an escape. Skipped with the cause where no
// sandbox can be made.
#include <gtest/gtest.h>

#include "sandbox/containment.h"
#include "sandbox/table.h"

namespace assay::sandbox {
namespace {

TEST(Containment, every_threat) {
  const auto sandbox = make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  const std::vector<Containment> rows = self_test(**sandbox);
  EXPECT_GE(rows.size(), 20U);
  for (const Containment& row : rows) EXPECT_TRUE(row.holds) << row.threat << ": " << row.detail;
}

// The test of the test: without a sandbox the same programs do tell.
TEST(Containment, escapes_are_noticed) {
  const Entry* none = find("none");
  if (const auto trouble = none->probe({})) GTEST_SKIP() << message(*trouble);
  // Only reading is let loose here: the other programs would do real harm.
  const Outcome outcome = (*none->make({}))
                              ->run({.source = "import os\nprint(os.stat('/etc/passwd').st_size > 0)",
                                     .arguments = {},
                                     .input = {},
                                     .reply = {}},
                                    {});
  EXPECT_EQ(outcome.out, "True\n");
}

}  // namespace
}  // namespace assay::sandbox
