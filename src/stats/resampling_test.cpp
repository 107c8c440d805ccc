// Sign-flip, ratios of sums, and the bootstrap of sums: edges, and how often they are wrong.
#include <gtest/gtest.h>

#include <cmath>

#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/interval.h"
#include "stats/quantile.h"
#include "stats/random.h"
#include "stats/sign_flip.h"

namespace assay::stats {
namespace {

using Numbers = std::vector<double>;

TEST(SignFlip, nothing_differs_and_everything_differs) {
  EXPECT_EQ(sign_flip(Numbers(8, 0.0))->p, 1);
  EXPECT_DOUBLE_EQ(sign_flip(Numbers(6, 0.25))->p, 2.0 / 64) << "only all plus and all minus are as far";
  EXPECT_FALSE(sign_flip({}));
}

TEST(SignFlip, is_mcnemar_for_one_answer_each) {
  Numbers differences(20, 0.0);
  std::fill_n(differences.begin(), 9, 1.0);
  differences[9] = -1;
  EXPECT_NEAR(sign_flip(differences)->p, mcnemar_exact(9, 1), 1e-12);
}

TEST(SignFlip, order_and_rounding_do_not_matter) {
  Numbers differences{0.1, 0.2, 0.3, -0.1, 0.7, 0.1, -0.3};
  const double p = sign_flip(differences)->p;
  std::reverse(differences.begin(), differences.end());
  EXPECT_EQ(sign_flip(differences)->p, p);
}

TEST(SignFlip, above_twenty_cases_patterns_are_drawn) {
  Random random(9);
  Numbers differences(20);
  for (double& one : differences) one = 0.4 + random.normal();
  const SignFlip exact = *sign_flip(differences);
  EXPECT_TRUE(exact.exact);
  EXPECT_EQ(exact.patterns, std::uint64_t{1} << 20U);
  differences.push_back(0);  // changes nothing but the way
  const SignFlip drawn = *sign_flip(differences);
  EXPECT_FALSE(drawn.exact);
  EXPECT_EQ(drawn.patterns, kFlipDraws);
  EXPECT_NEAR(drawn.p, exact.p, 4 * std::sqrt(exact.p / kFlipDraws) + 1e-4);
  EXPECT_EQ(sign_flip(differences)->p, drawn.p) << "one seed, one p";
  EXPECT_NE(sign_flip(differences, {}, 2)->p, drawn.p);
}

TEST(SignFlip, cases_of_a_cluster_flip_together) {
  const Numbers differences{1, 1, 1, 1, 1, 1};
  const std::vector<std::uint32_t> cluster{0, 0, 5, 5, 2, 2};
  EXPECT_DOUBLE_EQ(sign_flip(differences, cluster)->p, 2.0 / 8);
}

TEST(Ratio, of_equal_denominators_is_the_mean) {
  const Numbers values{1, 0, 1, 1, 0, 1};
  const MeanEstimate ratio = *ratio_interval(joined_means(values, {}));
  const MeanEstimate plain = *mean_interval(values);
  EXPECT_DOUBLE_EQ(ratio.mean, plain.mean);
  EXPECT_NEAR(*ratio.se, *plain.se, 1e-15);
}

TEST(Ratio, of_cluster_sums_is_the_clustered_mean) {
  const Numbers values{1, 1, 0, 1, 0, 0, 1, 1, 0};
  const std::vector<std::uint32_t> cluster{0, 0, 0, 1, 1, 2, 3, 3, 3};
  const MeanEstimate ratio = *ratio_interval(joined_means(values, cluster));
  const MeanEstimate clustered = *clustered_mean_interval(values, cluster);
  EXPECT_NEAR(ratio.mean, clustered.mean, 1e-15);
  EXPECT_NEAR(*ratio.se, *clustered.se, 1e-15);
  EXPECT_NEAR(ratio.ci95->high, clustered.ci95->high, 1e-12);
}

TEST(Ratio, nothing_below_the_line_is_no_rate) {
  EXPECT_FALSE(ratio_interval({}));
  EXPECT_FALSE(ratio_interval(std::vector<RatioTerm>{{1, 0}, {2, 0}}));
  EXPECT_FALSE(ratio_interval(std::vector<RatioTerm>{{1, 2}})->se);
  EXPECT_FALSE(ratio_interval(std::vector<RatioTerm>{{1, 2}, {1, 3}})->ci95);
}

TEST(BootstrapMean, draws_clusters_and_needs_five) {
  Random random(4);
  Numbers values(40);
  std::vector<std::uint32_t> cluster(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    cluster[i] = static_cast<std::uint32_t>(i / 4);
    values[i] = i % 4 == 0 ? random.normal() : values[i - 1];
  }
  const Interval alone = *bootstrap_mean(values);
  const Interval together = *bootstrap_mean(values, cluster);
  EXPECT_NEAR((together.high - together.low) / (alone.high - alone.low), 2, 0.25) << "four copies each";
  EXPECT_FALSE(bootstrap_mean(Numbers(4, 1.0)));
  EXPECT_FALSE(bootstrap_mean(std::span(values).first(16), std::span(cluster).first(16)));
}

CountTable errors_and_words(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  CountTable table{.width = 2, .values = {}};
  for (std::size_t i = 0; i < n; ++i) {
    const double words = 5 + std::floor(20 * random.uniform());
    table.values.push_back(std::floor(words * 0.3 * random.uniform()));
    table.values.push_back(words);
  }
  return table;
}

double quotient(std::span<const double> sums) {
  return sums[0] / sums[1];
}

TEST(BootstrapSums, its_standard_error_is_that_of_the_formula) {
  for (const std::size_t n : {40U, 3'000U}) {  // below and above the groups
    const CountTable table = errors_and_words(n, 5);
    std::vector<RatioTerm> terms;
    for (std::size_t i = 0; i < n; ++i) terms.push_back({table.row(i)[0], table.row(i)[1]});
    const MeanEstimate formula = *ratio_interval(terms);
    const Resampled drawn = *bootstrap_sums(table, quotient);
    EXPECT_DOUBLE_EQ(drawn.score, formula.mean);
    EXPECT_NEAR(drawn.se / *formula.se, 1, 0.08) << n;
    EXPECT_NEAR(drawn.ci95->low, formula.ci95->low, 0.15 * *formula.se) << n;
    EXPECT_NEAR(drawn.ci95->high, formula.ci95->high, 0.25 * *formula.se) << n;
  }
}

TEST(BootstrapSums, one_seed_gives_one_interval) {
  const CountTable table = errors_and_words(30, 6);
  EXPECT_EQ(bootstrap_sums(table, quotient)->ci95, bootstrap_sums(table, quotient)->ci95);
  EXPECT_NE(bootstrap_sums(table, quotient)->ci95, bootstrap_sums(table, quotient, kDraws, 2)->ci95);
  EXPECT_FALSE(bootstrap_sums(errors_and_words(2, 6), quotient));
}

TEST(BootstrapSums, equal_sides_do_not_differ) {
  CountTable table{.width = 4, .values = {}};
  for (int i = 0; i < 12; ++i) table.values.insert(table.values.end(), {1.0 * i, 20, 1.0 * i, 20});
  const Resampled drawn = *bootstrap_sums(table, [](std::span<const double> sums) {
    return quotient(sums.first(2)) - quotient(sums.subspan(2));
  });
  EXPECT_EQ(drawn.score, 0);
  EXPECT_EQ(drawn.p, 1);
}

/// With no true difference between two sides, p < 0.05 in at most about one comparison of twenty, also where
/// the cases are so few that all of them going one way is no rarity.
TEST(BootstrapSums, keeps_its_level) {
  Random random(7);
  for (const std::size_t n : {5U, 12U, 40U}) {
    int claimed = 0;
    constexpr int kComparisons = 600;
    for (int trial = 0; trial < kComparisons; ++trial) {
      CountTable table{.width = 3, .values = {}};
      for (std::size_t i = 0; i < n; ++i) {
        const double words = 5 + std::floor(15 * random.uniform());
        const double easy = random.uniform();
        for (int side = 0; side < 2; ++side)
          table.values.push_back(std::floor(words * 0.4 * easy * (0.4 + random.uniform())));
        table.values.push_back(words);
      }
      const Resampled drawn = *bootstrap_sums(
          table, [](std::span<const double> sums) { return (sums[0] - sums[1]) / sums[2]; }, 500);
      claimed += drawn.p < 0.05 ? 1 : 0;
    }
    EXPECT_LE(claimed, 0.07 * kComparisons) << n;  // 5 % and 2.2 standard errors
    EXPECT_GE(claimed, 0.01 * kComparisons) << n;
  }
}

}  // namespace
}  // namespace assay::stats
