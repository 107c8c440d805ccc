#include "cli/gate.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

/// Row 0 is A, row 1 is B; B decodes 10 % slower over all tokens.
stats::Summary slower(std::uint32_t better, bool shown) {
  stats::Summary summary;
  summary.rows.resize(2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    summary.rows[i].model = i;
    summary.rows[i].metrics["decode_tps"].headline = i == 0 ? 100 : 90;
  }
  stats::Difference test;
  test.metric = "decode_tps";
  test.better = better;
  test.worse = 1 - better;
  test.p_adjusted = shown ? 0.001 : 0.4;
  test.shown = shown;
  summary.differences.push_back(test);
  return summary;
}

bool passes(const char* gate, const stats::Summary& summary) {
  return check_gate(*parse_gate(gate), summary, {{0, 1}}).passed;
}

TEST(Gate, FailsOnlyForALossThatIsShown) {
  EXPECT_FALSE(passes("decode_tps -5%", slower(0, true)));
  EXPECT_TRUE(passes("decode_tps -5%", slower(0, false)));
  EXPECT_TRUE(passes("decode_tps -15%", slower(0, true))) << "not beyond the limit";
}

TEST(Gate, AGainThatIsShownIsNoLoss) {
  EXPECT_TRUE(passes("decode_tps -5%", slower(1, true)))
      << "faster in the median case, slower in one long answer";
}

}  // namespace
}  // namespace assay::cli
