#include "stats/words.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/quantile.h"
#include "stats/random.h"
#include "stats/spread.h"

namespace assay::stats {
namespace {

TEST(Words, rounded_shows_three_digits_and_all_whole_ones) {
  EXPECT_EQ(rounded(7012.3), "7012");
  EXPECT_EQ(rounded(12345.6), "12346");
  EXPECT_EQ(rounded(1.4187), "1.42");
  EXPECT_EQ(rounded(38.16), "38.2");
  EXPECT_EQ(rounded(0.05134), "0.0513");
  EXPECT_EQ(rounded(9.996), "10.0") << "one digit less before than after rounding";
  EXPECT_EQ(rounded(0), "0");
  EXPECT_EQ(rounded(-3.5), "−3.50");
}

TEST(Words, fixed_has_no_minus_zero) {
  EXPECT_EQ(fixed(-0.04, 1), "0.0");
  EXPECT_EQ(fixed(-0.06, 1), "−0.1");
}

TEST(Words, percent_never_claims_all_or_nothing_wrongly) {
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(1.146), "115 %");
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(0.998), "99.8 %");
  EXPECT_EQ(percent(0.0004), "0.04 %");
  EXPECT_EQ(percent(0.916), "92 %");
  EXPECT_EQ(percent_with(0.916, Interval{0.831, 0.972}), "92 % (83…97)");
  EXPECT_EQ(percent_with(0.9160, Interval{0.9105, 0.9212}), "91.6 % (91.0…92.1)");
  EXPECT_EQ(percent_with(0.5, std::nullopt), "50 %");
}

TEST(Words, speed_as_people_read_it) {
  EXPECT_EQ(faster_text(1.12, Interval{1.09, 1.15}), "faster by 12 % (9…15 %)");
  EXPECT_EQ(faster_text(1.005, Interval{1.001, 1.009}), "faster by 0.5 % (0.1…0.9 %)");
  EXPECT_EQ(faster_text(3.33, Interval{3.28, 3.38}), "3.3 times as fast (3.3…3.4)");
  EXPECT_EQ(change_range(Interval{0.97, 1.04}), "−3…4 %");
  EXPECT_EQ(points_range(Interval{-0.06, 0.10}), "−6…10");
  EXPECT_EQ(points(0.05), "+5 points");
  EXPECT_EQ(points(0.005), "+0.5 points");
}

TEST(Words, p_values) {
  EXPECT_EQ(p_text(1e-9), "p < 0.001");
  EXPECT_EQ(p_text(0.0309), "p = 0.031");
  EXPECT_EQ(p_text(0.3), "p = 0.30");
}

TEST(Words, lists_do_not_hide_a_single_one) {
  EXPECT_EQ(listed({"a", "b", "c"}, 2), "a, b, c");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 2), "a, b and 2 more");
  EXPECT_EQ(counted(1, "case", "cases"), "1 case");
}

TEST(Spread, exact_while_small) {
  Spread spread;
  EXPECT_FALSE(spread.quantile(0.5));
  EXPECT_FALSE(spread.mean());
  for (const double value : {3.0, 1.0, 2.0, 10.0}) spread.add(value);
  EXPECT_TRUE(spread.exact());
  EXPECT_EQ(spread.quantile(0.5), 2.5);
  EXPECT_EQ(spread.mean(), 4.0);
  EXPECT_EQ(spread.max(), 10.0);
}

TEST(Spread, within_a_fifth_of_a_percent_when_large) {
  Spread spread;
  Random random(21);
  std::vector<double> all;
  for (int i = 0; i < 60'000; ++i) {
    all.push_back(std::exp(2 * random.normal()));
    spread.add(all.back());
  }
  EXPECT_FALSE(spread.exact());
  EXPECT_EQ(spread.count(), 60'000U);
  for (const double p : {0.01, 0.5, 0.95, 0.99, 0.999})
    EXPECT_NEAR(*spread.quantile(p) / *quantile(all, p), 1, 0.003) << p;
  EXPECT_EQ(spread.quantile(1), *std::max_element(all.begin(), all.end()));
  EXPECT_EQ(spread.min(), *std::min_element(all.begin(), all.end()));
}

TEST(Spread, zeros_and_giants_stay_in_the_table) {
  Spread spread;
  for (std::size_t i = 0; i <= Spread::kExactValues; ++i) spread.add(i % 2 == 0 ? 0.0 : 1e300);
  EXPECT_FALSE(spread.exact());
  EXPECT_EQ(spread.min(), 0.0);
  EXPECT_EQ(spread.max(), 1e300);
  EXPECT_LT(*spread.quantile(0.2), 1e-5);
  EXPECT_GT(*spread.quantile(0.8), 1e12);
}

}  // namespace
}  // namespace assay::stats
