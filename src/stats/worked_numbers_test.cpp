// The worked numbers that docs/measurement.md stands on, each with the numbers of the methods that are not
// used and why they differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/distribution.h"
#include "stats/interval.h"
#include "stats/power.h"
#include "stats/quantile.h"
#include "stats/repeats.h"
#include "stats/sign_flip.h"

namespace assay::stats {
namespace {

using Numbers = std::vector<double>;
constexpr double kFourDigits = 5e-5;
constexpr double kThreeDigits = 5e-4;

/// p ± z·√(p(1−p)/n): for comparison only.
Interval normal_interval(double k, double n) {
  const double p = k / n;
  const double half = kZ95 * std::sqrt(p * (1 - p) / n);
  return {.low = p - half, .high = p + half};
}

void expect_interval(const Interval& found, double low, double high) {
  EXPECT_NEAR(found.low, low, kFourDigits);
  EXPECT_NEAR(found.high, high, kFourDigits);
}

TEST(Worked, mean_of_132_of_200_by_the_normal_distribution_is_a_little_narrower) {
  Numbers values(200, 0.0);
  std::fill_n(values.begin(), 132, 1.0);
  const MeanEstimate found = *mean_interval(values);
  EXPECT_NEAR(found.mean, 0.66, 1e-12);
  EXPECT_NEAR(*found.se, 0.03358, 5e-6);
  expect_interval(*found.ci95, 0.5938, 0.7262);
  expect_interval({.low = found.mean - kZ95 * *found.se, .high = found.mean + kZ95 * *found.se}, 0.5942,
                  0.7258);
}

TEST(Worked, repeats_as_if_independent_understate_the_error) {
  Numbers values;
  std::vector<std::uint32_t> cluster;
  std::uint32_t id = 0;
  for (const std::string_view row : {"1111", "1101", "0000", "1011", "0010", "1111", "0000", "1110"}) {
    for (const char c : row) {
      values.push_back(c - '0');
      cluster.push_back(id);
    }
    ++id;
  }
  const double alone = *mean_interval(values)->se;
  const double clustered = *clustered_mean_interval(values, cluster)->se;
  EXPECT_NEAR(alone, 0.0891, kFourDigits);
  EXPECT_NEAR(clustered, 0.1475, kFourDigits);
  EXPECT_NEAR(clustered / alone, 1.66, 5e-3);
  EXPECT_NEAR(clustered * clustered / (alone * alone), 2.74, 5e-3);
}

TEST(Worked, wilson_stays_in_bounds_where_the_normal_interval_does_not) {
  expect_interval(wilson(18, 20), 0.6990, 0.9721);
  expect_interval(wilson(20, 20), 0.8389, 1);
  expect_interval(wilson(0, 20), 0, 0.1611);
  expect_interval(wilson(132, 200), 0.5919, 0.7221);
  expect_interval(normal_interval(18, 20), 0.7685, 1.0315);
  expect_interval(normal_interval(20, 20), 1, 1);
  expect_interval(normal_interval(0, 20), 0, 0);
}

TEST(Worked, unpaired_the_same_data_show_nothing) {
  const double a = 132 / 200.0;
  const double b = 122 / 200.0;
  const double z = (a - b) / std::sqrt((a * (1 - a) + b * (1 - b)) / 200);
  EXPECT_NEAR(z, 1.04, 5e-3);
  EXPECT_NEAR(2 * normal_cdf(-z), 0.298, kThreeDigits);
  EXPECT_NEAR(mcnemar_exact(14, 4), 0.0309, kFourDigits);
}

/// Ten cases of four repeats: how many were right.
const Numbers kRightOfA{4, 3, 2, 4, 1, 4, 0, 3, 2, 4};
const Numbers kRightOfB{3, 3, 1, 4, 0, 3, 0, 2, 2, 3};

Numbers ten_differences() {
  Numbers differences(kRightOfA.size());
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] = (kRightOfA[i] - kRightOfB[i]) / 4;
  return differences;
}

TEST(Worked, paired_t_of_ten_cases) {
  const Numbers differences = ten_differences();
  const PairedDifference paired = *paired_t(differences);
  EXPECT_NEAR(paired.difference.mean, 0.15, 1e-12);
  EXPECT_NEAR(*standard_deviation(differences), 0.1291, kFourDigits);
  EXPECT_NEAR(*paired.difference.se, 0.0408, kFourDigits);
  EXPECT_NEAR(paired.difference.mean / *paired.difference.se, 3.674, kThreeDigits);
  EXPECT_NEAR(paired.p, 0.0051, kFourDigits);
  expect_interval(*paired.difference.ci95, 0.0576, 0.2424);
}

TEST(Worked, paired_bootstrap_of_ten_cases_is_narrower_than_t) {
  const Interval interval = *bootstrap_mean(ten_differences());
  EXPECT_NEAR(interval.low, 0.075, 1e-9);
  EXPECT_NEAR(interval.high, 0.225, 1e-9);
  EXPECT_EQ(bootstrap_mean(ten_differences()), interval) << "one seed, one interval";
}

TEST(Worked, sign_flip_of_ten_cases) {
  const SignFlip flip = *sign_flip(ten_differences());
  EXPECT_TRUE(flip.exact);
  EXPECT_EQ(flip.patterns, 1024U);
  EXPECT_DOUBLE_EQ(flip.p, 32.0 / 1024);
  EXPECT_NEAR(flip.p, 0.0313, 6e-5) << "0.03125, rounded up";
}

TEST(Worked, unpaired_t_of_ten_cases_shows_nothing) {
  const double scale = 4;
  const double difference = (*mean(kRightOfA) - *mean(kRightOfB)) / scale;
  const double n = 10;
  const double a = *standard_deviation(kRightOfA) / scale;
  const double b = *standard_deviation(kRightOfB) / scale;
  EXPECT_NEAR(t_two_sided_p(difference / std::sqrt((a * a + b * b) / n), 2 * n - 2), 0.349, kThreeDigits);
}

TEST(Worked, error_rate_of_eight_utterances) {
  const std::vector<RatioTerm> utterances{{1, 12}, {0, 9},  {3, 15}, {2, 20},
                                          {0, 7},  {1, 11}, {4, 18}, {0, 10}};
  const MeanEstimate rate = *ratio_interval(utterances);
  EXPECT_DOUBLE_EQ(rate.mean, 11.0 / 102);
  EXPECT_NEAR(rate.mean, 0.1078, kFourDigits);
  EXPECT_NEAR(*rate.se, 0.0314, kFourDigits);
  const double half = t_quantile(0.975, 7) * *rate.se;
  EXPECT_NEAR(rate.ci95->low, rate.mean - half, 1e-12);
  EXPECT_NEAR(rate.ci95->high, rate.mean + half, 1e-12);
  double sum = 0;
  for (const RatioTerm& one : utterances) sum += one.numerator / one.denominator;
  EXPECT_NEAR(sum / 8, 0.0871, kFourDigits) << "the mean of the rates is another quantity";
}

TEST(Worked, holm_leaves_one_of_three) {
  const Numbers p{0.004, 0.019, 0.030, 0.200};
  const Numbers adjusted = holm(p);
  const Numbers wanted{0.016, 0.057, 0.060, 0.200};
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(adjusted[i], wanted[i], 1e-12);
  const auto below = [](const Numbers& list) {
    return std::count_if(list.begin(), list.end(), [](double one) { return one < 0.05; });
  };
  EXPECT_EQ(below(p), 3);
  EXPECT_EQ(below(adjusted), 1);
}

TEST(Worked, pass_at_k_of_ten_answers) {
  constexpr std::uint64_t kAnswers = 10;
  const std::vector<std::pair<std::uint64_t, Numbers>> rows{{10, {1, 1, 1, 1, 1}},
                                                            {6, {0.6, 0.9667, 1, 0.1667, 0.0238}},
                                                            {1, {0.1, 0.3, 0.5, 0, 0}},
                                                            {0, {0, 0, 0, 0, 0}}};
  const Numbers means{0.4250, 0.5667, 0.6250, 0.2917, 0.2560};
  Numbers sums(means.size());
  for (const auto& [right, wanted] : rows) {
    const Numbers found{*pass_at_k(kAnswers, right, 1), *pass_at_k(kAnswers, right, 3),
                        *pass_at_k(kAnswers, right, 5), *pass_hat_k(kAnswers, right, 3),
                        *pass_hat_k(kAnswers, right, 5)};
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], wanted[i], kFourDigits) << right << " " << i;
      sums[i] += found[i];
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_NEAR(sums[i] / 4, means[i], kFourDigits) << i;
  EXPECT_NEAR(1 - std::pow(1 - 0.6, 3), 0.9360, kFourDigits) << "plug-in, biased";
  EXPECT_NEAR(std::pow(0.6, 3), 0.2160, kFourDigits) << "plug-in, biased";
}

TEST(Worked, agreement_of_the_eight_cases_has_standard_errors) {
  std::vector<CaseTries> cases;
  for (const std::uint64_t right : {4U, 3U, 0U, 3U, 1U, 4U, 0U, 3U})
    cases.push_back({.graded = 4, .passed = right, .cluster = static_cast<std::uint32_t>(cases.size())});
  const Repeated found = *repeated(cases);
  EXPECT_DOUBLE_EQ(found.consistency, 0.5);
  EXPECT_DOUBLE_EQ(found.majority, 0.625);
  EXPECT_NEAR(found.inner_variance, 0.0938, kFourDigits);
  // √(Σ(x − x̄)²/(n(n−1))) with 4 of 8, with 5 of 8, and with 4 of 3/16 and 4 of 0.
  EXPECT_NEAR(*found.consistency_se, std::sqrt(2.0 / 56), 1e-12);
  EXPECT_NEAR(*found.majority_se, std::sqrt(1.875 / 56), 1e-12);
  EXPECT_NEAR(*found.inner_variance_se, std::sqrt(8 * 0.09375 * 0.09375 / 56), 1e-12);
}

TEST(Power, cases_for_a_difference) {
  EXPECT_NEAR(kPowerZ, 2.8016, kFourDigits);
  EXPECT_NEAR(kPowerZ, kZ95 + 0.8416212336, 1e-9);
  const std::vector<std::pair<double, std::vector<std::uint64_t>>> rows{
      {0.03, {4361, 2181, 873}}, {0.05, {1570, 785, 314}}, {0.10, {393, 197, 79}}};
  const Numbers correlations{0, 0.5, 0.8};
  for (const auto& [difference, wanted] : rows) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_EQ(cases_to_find(variance_of_difference(0.5, 0.5, correlations[i]), difference), wanted[i])
          << difference << " " << correlations[i];
  }
  EXPECT_EQ(cases_to_find(variance_of_discordant(0.09, 0.05), 0.05), 275U);
}

TEST(Power, smallest_difference_of_the_cases_there_are) {
  const double variance = variance_of_difference(0.5, 0.5, 0.5);
  EXPECT_NEAR(smallest_to_find(variance, 164), 0.109, kThreeDigits);
  EXPECT_NEAR(smallest_to_find(variance, 200), 0.099, kThreeDigits);
  EXPECT_NEAR(smallest_to_find(variance, 541), 0.060, kThreeDigits);
  EXPECT_LE(cases_to_find(variance, smallest_to_find(variance, 200)), 200U) << "the way there and back";
}

TEST(Power, more_cases_help_more_than_more_repeats) {
  const std::vector<std::pair<std::uint64_t, double>> rows{
      {1, 0.0346}, {2, 0.0316}, {4, 0.0300}, {8, 0.0292}};
  for (const auto& [repeats, wanted] : rows)
    EXPECT_NEAR(error_of_mean(0.16, 0.08, 200, repeats), wanted, kFourDigits) << repeats;
}

TEST(Power, variance_parts_add_up_to_what_the_cases_show) {
  const Numbers differences = ten_differences();
  const double shown = std::pow(*standard_deviation(differences), 2);
  const VarianceParts little = *variance_parts(differences, Numbers(10, 0.02), 4);
  EXPECT_NEAR(little.between + little.within / 4, shown, 1e-15);
  const VarianceParts much = *variance_parts(differences, Numbers(10, 0.2), 4);
  EXPECT_EQ(much.between, 0) << "never below nothing";
  EXPECT_NEAR(much.within / 4, shown, 1e-15) << "nor more within than the cases show";
  EXPECT_FALSE(variance_parts(Numbers{1}, Numbers{1}, 2));
}

TEST(Power, correlation_is_pearsons) {
  EXPECT_NEAR(*correlation(Numbers{1, 2, 3, 4}, Numbers{2, 4, 6, 8}), 1, 1e-12);
  EXPECT_NEAR(*correlation(Numbers{0, 0, 1, 1}, Numbers{0, 1, 0, 1}), 0, 1e-12);
  EXPECT_FALSE(correlation(Numbers{1, 1, 1}, Numbers{1, 2, 3}));
  EXPECT_FALSE(correlation(Numbers{1, 2}, Numbers{1, 2}));
}

}  // namespace
}  // namespace assay::stats
