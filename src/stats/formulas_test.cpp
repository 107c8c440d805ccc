// Every formula against answers of NumPy and SciPy (testdata/known_answers.json, made by
// make_known_answers.py) and against the worked examples of docs/measurement.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/stats/testdata/known_answers.h"
#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/distribution.h"
#include "stats/drift.h"
#include "stats/interval.h"
#include "stats/quantile.h"
#include "stats/random.h"

namespace assay::stats {
namespace {

using Numbers = std::vector<double>;

Numbers list(const Json& row) {
  return example::known_answers()["lists"][row["list"].get<std::string>()].get<Numbers>();
}
double number(const Json& row, const char* name) {
  return row[name].get<double>();
}

/// Equal to `digits` significant digits, or both below `floor`.
void expect_close(double found, double wanted, double digits, double floor = 1e-300) {
  if (std::abs(wanted) < floor && std::abs(found) < floor) return;
  EXPECT_NEAR(found, wanted, std::max(std::abs(wanted), floor) * std::pow(10, -digits));
}

TEST(Quantile, equals_numpy) {
  for (const Json& row : example::known_answers()["quantiles"])
    expect_close(*quantile(list(row), number(row, "p")), number(row, "value"), 14);
}

TEST(Quantile, mean_and_spread_equal_numpy) {
  for (const Json& row : example::known_answers()["moments"]) {
    expect_close(*mean(list(row)), number(row, "mean"), 14);
    const auto sd = standard_deviation(list(row));
    ASSERT_EQ(sd.has_value(), !row["sd"].is_null());
    if (sd) expect_close(*sd, number(row, "sd"), 9);
  }
}

TEST(Quantile, nothing_has_no_quantile_and_one_has_no_spread) {
  EXPECT_FALSE(median({}));
  EXPECT_FALSE(mean({}));
  EXPECT_FALSE(standard_deviation({}));
  EXPECT_FALSE(standard_deviation(Numbers{7.0}));
  EXPECT_EQ(median(Numbers{7.0}), 7.0);
}

TEST(Quantile, order_does_not_matter) {
  Numbers values = example::known_answers()["lists"]["hundred"].get<Numbers>();
  const auto before = quantile(values, 0.95);
  std::reverse(values.begin(), values.end());
  EXPECT_EQ(quantile(values, 0.95), before);
}

TEST(Distribution, log_gamma_equals_scipy) {
  for (const Json& row : example::known_answers()["log_gammas"])
    EXPECT_NEAR(log_gamma(number(row, "x")), number(row, "value"),
                1e-14 * std::max(1.0, std::abs(number(row, "value"))));
}

TEST(Distribution, incomplete_beta_equals_scipy) {
  for (const Json& row : example::known_answers()["betas"])
    EXPECT_NEAR(incomplete_beta(number(row, "a"), number(row, "b"), number(row, "x")), number(row, "value"),
                1e-10)
        << row;
}

TEST(Distribution, t_quantiles_equal_scipy) {
  for (const Json& row : example::known_answers()["t_distribution"])
    expect_close(t_quantile(number(row, "p"), number(row, "df")), number(row, "t"), 10);
}

TEST(Distribution, t_tails_equal_scipy) {
  for (const Json& row : example::known_answers()["t_tails"])
    expect_close(t_two_sided_p(number(row, "t"), number(row, "df")), number(row, "p"), 9, 1e-250);
}

TEST(Distribution, t_is_symmetric) {
  EXPECT_DOUBLE_EQ(t_quantile(0.025, 7), -t_quantile(0.975, 7));
  EXPECT_NEAR(t_cdf(-1.3, 5) + t_cdf(1.3, 5), 1, 1e-15);
  EXPECT_NEAR(t_quantile(0.975, 7), 2.3646, 5e-5);  // published tables
  EXPECT_NEAR(t_quantile(0.975, 1), 12.7062, 5e-5);
}

TEST(Interval, mean_equals_scipy) {
  for (const Json& row : example::known_answers()["mean_intervals"]) {
    const auto estimate = *mean_interval(list(row));
    expect_close(*estimate.se, number(row, "se"), 9);
    expect_close(estimate.ci95->low, number(row, "low"), 10);
    expect_close(estimate.ci95->high, number(row, "high"), 10);
  }
}

TEST(Interval, mean_of_132_of_200) {
  Numbers values(200, 0.0);
  std::fill_n(values.begin(), 132, 1.0);
  const auto estimate = *mean_interval(values);
  EXPECT_NEAR(estimate.mean, 0.66, 1e-12);
  EXPECT_NEAR(*estimate.se, 0.03358, 5e-6);
  EXPECT_NEAR(estimate.ci95->low, 0.5938, 5e-5);
  EXPECT_NEAR(estimate.ci95->high, 0.7262, 5e-5);
}

TEST(Interval, none_below_three_values) {
  EXPECT_FALSE(mean_interval({}));
  EXPECT_FALSE(mean_interval(Numbers{1})->se);
  EXPECT_TRUE(mean_interval(Numbers{1, 2})->se);
  EXPECT_FALSE(mean_interval(Numbers{1, 2})->ci95);
  EXPECT_TRUE(mean_interval(Numbers{1, 2, 3})->ci95);
}

/// The eight cases of four repeats in docs/measurement.md.
struct Repeats {
  Numbers values;
  std::vector<std::uint32_t> cluster;
};
Repeats eight_cases() {
  Repeats repeats;
  std::uint32_t id = 0;
  for (const std::string_view row : {"1111", "1101", "0000", "1011", "0010", "1111", "0000", "1110"}) {
    for (const char c : row) {
      repeats.values.push_back(c - '0');
      repeats.cluster.push_back(id);
    }
    ++id;
  }
  return repeats;
}

TEST(Interval, clustered_eight_cases_of_four_repeats) {
  const auto [values, cluster] = eight_cases();
  const auto estimate = *clustered_mean_interval(values, cluster);
  EXPECT_NEAR(estimate.mean, 0.5625, 1e-12);
  EXPECT_NEAR(*estimate.se, 0.1475, 5e-5);
  EXPECT_NEAR(estimate.ci95->low, 0.2137, 5e-5);
  EXPECT_NEAR(estimate.ci95->high, 0.9113, 5e-5);
  EXPECT_EQ(estimate.clusters, 8U);
  EXPECT_NEAR(*mean_interval(values)->se, 0.0891, 5e-5) << "as if independent";
}

TEST(Interval, clustered_equals_the_matrix_formula_with_unequal_sizes) {
  const Json& row = example::known_answers()["clusters"];
  const auto estimate = *clustered_mean_interval(row["values"].get<Numbers>(),
                                                 row["cluster"].get<std::vector<std::uint32_t>>());
  expect_close(*estimate.se, number(row, "se"), 12);
}

TEST(Interval, clusters_of_one_are_independent_values) {
  const Numbers values = example::known_answers()["lists"]["ten"].get<Numbers>();
  std::vector<std::uint32_t> cluster(values.size());
  std::iota(cluster.begin(), cluster.end(), 3U);  // ids may leave gaps
  expect_close(*clustered_mean_interval(values, cluster)->se, *mean_interval(values)->se, 12);
}

TEST(Interval, wilson_equals_scipy) {
  for (const Json& row : example::known_answers()["wilsons"]) {
    const Interval interval = wilson(row["k"].get<std::uint64_t>(), row["n"].get<std::uint64_t>());
    expect_close(interval.low, number(row, "low"), 12, 1e-15);
    expect_close(interval.high, number(row, "high"), 12);
  }
  EXPECT_NEAR(wilson(18, 20).low, 0.6990, 5e-5);
  EXPECT_NEAR(wilson(18, 20).high, 0.9721, 5e-5);
  EXPECT_NEAR(wilson(19, 20).low, 0.7639, 5e-5);
  EXPECT_NEAR(wilson(19, 20).high, 0.9911, 5e-5);
  EXPECT_NEAR(wilson(20, 20).low, 0.8389, 5e-5);
  EXPECT_EQ(wilson(20, 20).high, 1.0);
  EXPECT_EQ(wilson(0, 20).low, 0.0);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 5e-5);
  EXPECT_NEAR(wilson(132, 200).low, 0.5919, 5e-5);
  EXPECT_NEAR(wilson(132, 200).high, 0.7221, 5e-5);
}

TEST(Interval, rate_chooses_its_method) {
  const std::vector<std::uint32_t> alone{0, 1, 2, 3};
  const std::vector<std::uint32_t> pairs{0, 0, 1, 1, 2, 2};
  EXPECT_EQ(rate_interval(Numbers{1, 0, 1, 1}, alone)->method, kWilson);
  EXPECT_EQ(rate_interval(Numbers{1, 0, 1, 1}, alone)->ci95, wilson(3, 4));

  const auto equal = *rate_interval(Numbers{1, 1, 1, 1, 1, 1}, pairs);
  EXPECT_EQ(equal.method, kWilsonClusters);
  EXPECT_EQ(equal.ci95, wilson(3, 3));

  const auto cut = *rate_interval(Numbers{1, 1, 1, 1, 1, 0}, pairs);
  EXPECT_EQ(cut.method, kClusteredCut);
  EXPECT_EQ(cut.ci95->high, 1.0);

  const auto [values, cluster] = eight_cases();
  EXPECT_EQ(rate_interval(values, cluster)->method, kClustered);

  EXPECT_FALSE(rate_interval({}, {}));
  const auto two = *rate_interval(Numbers{1, 0, 1, 1}, std::vector<std::uint32_t>{0, 0, 1, 1});
  EXPECT_EQ(two.rate, 0.75);
  EXPECT_FALSE(two.ci95) << "two clusters, whatever the number of samples";
}

TEST(Interval, chances_that_are_all_alike_are_luck) {
  const std::vector<std::uint32_t> alone{0, 1, 2, 3, 4};
  EXPECT_EQ(chance_interval(Numbers(5, 1.0), alone)->ci95, wilson(5, 5));
  EXPECT_NEAR(chance_interval(Numbers(5, 0.6), alone)->ci95->low, wilson_rate(0.6, 5).low, 1e-12);
  const Interval some = *chance_interval(Numbers{0.9, 0.9, 1, 0.8, 0.9}, alone)->ci95;
  EXPECT_NEAR(some.high, 0.9 + t_quantile(0.975, 4) * std::sqrt(0.02 / 20), 1e-12);
  EXPECT_FALSE(chance_interval(Numbers{1, 1}, std::vector<std::uint32_t>{0, 1})->ci95);
  EXPECT_FALSE(chance_interval({}, {}));
}

TEST(Interval, clusters_that_are_all_alike_do_not_make_a_median_certain) {
  // Each of five cases: one answer of 1 ms and one of 2 ms.
  const Numbers sorted{1, 1, 1, 1, 1, 2, 2, 2, 2, 2};
  const std::vector<std::uint32_t> cluster{0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
  EXPECT_EQ(clustered_median_interval(sorted, cluster), (Interval{1, 2}));
  EXPECT_EQ(clustered_median_interval(Numbers(10, 3.0), cluster), (Interval{3, 3}));
}

TEST(Compare, mcnemar_equals_scipy_and_the_table) {
  for (const Json& row : example::known_answers()["mcnemars"])
    expect_close(mcnemar_exact(row["b"].get<std::uint64_t>(), row["c"].get<std::uint64_t>()),
                 number(row, "p"), 9, 1e-250);
  EXPECT_NEAR(mcnemar_exact(9, 1), 0.0215, 5e-5);
  EXPECT_EQ(mcnemar_exact(5, 5), 1.0);
  EXPECT_NEAR(mcnemar_exact(0, 5), 0.0625, 5e-5);
  EXPECT_NEAR(mcnemar_exact(0, 6), 0.03125, 1e-15);
  EXPECT_NEAR(mcnemar_exact(14, 4), 0.0309, 5e-5);
  EXPECT_EQ(mcnemar_exact(0, 0), 1.0);
}

TEST(Compare, difference_of_132_and_122_of_200) {
  Numbers differences(200, 0.0);
  std::fill_n(differences.begin(), 14, 1.0);
  std::fill_n(differences.begin() + 14, 4, -1.0);
  const auto paired = *paired_t(differences);
  EXPECT_NEAR(paired.difference.mean, 0.05, 1e-12);
  EXPECT_NEAR(*paired.difference.se, 0.02097, 5e-6);
  EXPECT_NEAR(paired.difference.ci95->low, 0.00865, 5e-6);
  EXPECT_NEAR(paired.difference.ci95->high, 0.09135, 5e-6);
}

TEST(Compare, paired_t_equals_scipy) {
  for (const Json& row : example::known_answers()["paired_ts"]) {
    const Numbers a = row["a"].get<Numbers>();
    const Numbers b = row["b"].get<Numbers>();
    Numbers differences(a.size());
    std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
    const auto paired = *paired_t(differences);
    expect_close(paired.p, number(row, "p"), 9);
    expect_close(paired.difference.ci95->low, number(row, "low"), 9);
    expect_close(paired.difference.ci95->high, number(row, "high"), 9);
  }
}

TEST(Compare, paired_t_of_ten_cases) {
  const Numbers a{4, 3, 2, 4, 1, 4, 0, 3, 2, 4};
  const Numbers b{3, 3, 1, 4, 0, 3, 0, 2, 2, 3};
  Numbers differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = (a[i] - b[i]) / 4;
  const auto paired = *paired_t(differences);
  EXPECT_NEAR(paired.difference.mean, 0.15, 1e-12);
  EXPECT_NEAR(*paired.difference.se, 0.0408, 5e-5);
  EXPECT_NEAR(paired.p, 0.0051, 5e-5);
  EXPECT_NEAR(paired.difference.ci95->low, 0.0576, 5e-5);
  EXPECT_NEAR(paired.difference.ci95->high, 0.2424, 5e-5);
}

TEST(Compare, no_spread_is_luck_and_not_certainty) {
  EXPECT_EQ(paired_t(Numbers{0, 0, 0})->p, 1.0);
  EXPECT_EQ(paired_t(Numbers{1, 1, 1})->p, 0.25) << "three cases go one way by chance in one of four";
  EXPECT_EQ(paired_t(Numbers(6, -0.5))->p, 2.0 / 64);
  EXPECT_EQ(paired_t(Numbers(6, 0.1))->difference.se, 0.0) << "rounding is no spread";
  EXPECT_EQ(paired_t(Numbers{1})->p, 1.0);
  EXPECT_FALSE(paired_t({}));
  const Interval equal = *paired_t(Numbers(20, 0.0))->difference.ci95;
  EXPECT_NEAR(equal.high, wilson(0, 20).high, 1e-12) << "none of 20 cases differs: up to 16 points may";
  EXPECT_EQ(equal.low, -equal.high);
  const std::vector<std::uint32_t> cluster{0, 0, 1, 1, 2, 2};
  EXPECT_EQ(paired_t(Numbers(6, 1.0), cluster)->p, 0.25) << "three clusters";
}

TEST(Compare, holm_example) {
  const Numbers adjusted = holm(Numbers{0.030, 0.004, 0.200, 0.019});
  EXPECT_NEAR(adjusted[1], 0.016, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.057, 1e-12);
  EXPECT_NEAR(adjusted[0], 0.060, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.200, 1e-12);
  EXPECT_TRUE(holm({}).empty());
  EXPECT_EQ(holm(Numbers{0.7, 0.8}).back(), 1.0);
}

TEST(Drift, theil_sen_equals_scipy) {
  for (const Json& row : example::known_answers()["theil_sens"]) {
    const auto slope = *theil_sen(row["x"].get<Numbers>(), row["y"].get<Numbers>());
    expect_close(slope.slope, number(row, "slope"), 10);
    expect_close(slope.ci95.low, number(row, "low"), 10);
    expect_close(slope.ci95.high, number(row, "high"), 10);
  }
}

TEST(Drift, blocks_find_the_slope_of_many_points) {
  Numbers x(50'000), y(50'000);
  Random random(3);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i);
    y[i] = 100 - 1e-4 * x[i] + 3 * random.normal();
  }
  const auto slope = *theil_sen(x, y);
  EXPECT_EQ(slope.points, kMostSlopePoints);
  EXPECT_NEAR(slope.slope, -1e-4, 5e-6);  // standard error 1.2e-6
  EXPECT_LT(slope.ci95.high, 0);
}

TEST(Drift, needs_points_and_time) {
  const Numbers nine(9, 1.0);
  EXPECT_FALSE(theil_sen(nine, nine));
  const Numbers same(20, 1.0);
  EXPECT_FALSE(theil_sen(same, same));
}

TEST(Random, is_xoshiro256plusplus) {
  // First numbers of the reference implementation with the state that splitmix64 makes of seed 0.
  Random random(0);
  EXPECT_EQ(random.next(), 0x53175D61490B23DFU);
  EXPECT_EQ(random.next(), 0x61DA6F3DC380D507U);
}

TEST(Random, gamma_has_its_mean_and_variance) {
  Random random(5);
  for (const double shape : {1.0, 3.0, 50'000.0}) {
    Numbers values(20'000);
    for (double& value : values) value = random.gamma(shape);
    EXPECT_NEAR(*mean(values), shape, 5 * std::sqrt(shape / 20'000));
    EXPECT_NEAR(*standard_deviation(values) / std::sqrt(shape), 1, 0.04);
  }
}

}  // namespace
}  // namespace assay::stats
