#include "stats/extrapolation.h"

#include <gtest/gtest.h>

#include <vector>

#include "stats/random.h"

namespace assay::stats {
namespace {

TEST(Extrapolation, IsTheLineThroughTwoMedians) {
  const std::vector<double> two{3.0, 1.0, 2.0};    // 2 layers: 2 s
  const std::vector<double> eight{5.0, 5.0, 5.0};  // 8 layers: 5 s, so 0.5 s a layer and 1 s beside
  const auto whole = extrapolated_time(two, eight, (32.0 - 2) / (8 - 2));
  ASSERT_TRUE(whole);
  EXPECT_DOUBLE_EQ(whole->value, 1 + 32 * 0.5);
  ASSERT_TRUE(whole->ci95);
  EXPECT_LT(whole->ci95->low, whole->value);
  EXPECT_GT(whole->ci95->high, whole->value);
}

TEST(Extrapolation, ReachOneIsTheSecondSeries) {
  const std::vector<double> few{100.0, 1.0, 50.0};
  const std::vector<double> more{2.0, 2.0, 2.0};
  const auto same = extrapolated_time(few, more, 1);
  EXPECT_DOUBLE_EQ(same->value, 2);
  EXPECT_DOUBLE_EQ(same->ci95->low, 2);
  EXPECT_DOUBLE_EQ(same->ci95->high, 2);
}

TEST(Extrapolation, SaysNothingWhereNothingCanBeSaid) {
  const std::vector<double> none;
  const std::vector<double> one{1.0};
  const std::vector<double> less{0.1};
  EXPECT_FALSE(extrapolated_time(none, one, 2));
  EXPECT_FALSE(extrapolated_time(one, none, 2));
  EXPECT_FALSE(extrapolated_time(one, less, 2)) << "the larger slice cannot be so much faster";
  const auto bare = extrapolated_time(less, one, 2);
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->ci95);
}

TEST(Extrapolation, TheIntervalHoldsTheTruthAsOftenAsItSays) {
  // 2 of 32 layers take 2 s, 8 take 5 s, each time with a noise of 3 %: the truth is 17 s.
  Random random(7);
  const auto series = [&](double true_time, int n) {
    std::vector<double> times;
    for (int i = 0; i < n; ++i) times.push_back(true_time * (1 + 0.03 * random.normal()));
    return times;
  };
  int held = 0;
  constexpr int kTrials = 400;
  for (int i = 0; i < kTrials; ++i) {
    const auto found = extrapolated_time(series(2, 5), series(5, 5), 5, static_cast<std::uint64_t>(i));
    held += found && found->ci95->low <= 17 && found->ci95->high >= 17 ? 1 : 0;
  }
  EXPECT_GE(held, kTrials * 92 / 100);
}

}  // namespace
}  // namespace assay::stats
