// The bootstraps against brute force (testdata/known_answers.json: 400,000 plain draws each), and how often
// their intervals hold what they promise.
#include "stats/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "src/stats/testdata/known_answers.h"
#include "stats/random.h"

namespace assay::stats {
namespace {

using Numbers = std::vector<double>;

/// Each end lies where a bootstrap of 4,000 draws puts it in 997 of 1,000 seeds.
void expect_ends(const Interval& found, const Json& row) {
  constexpr double kRounding = 1e-12;
  EXPECT_GE(found.low, row["low_from"].get<double>() * (1 - kRounding)) << row;
  EXPECT_LE(found.low, row["low_to"].get<double>() * (1 + kRounding)) << row;
  EXPECT_GE(found.high, row["high_from"].get<double>() * (1 - kRounding)) << row;
  EXPECT_LE(found.high, row["high_to"].get<double>() * (1 + kRounding)) << row;
}

TEST(Bootstrap, tails_are_hesterbergs) {
  for (const Json& row : example::known_answers()["tails"])
    EXPECT_NEAR(percentile_tail(row["n"].get<std::size_t>()), row["tail"].get<double>(), 1e-9);
}

TEST(Bootstrap, median_equals_brute_force) {
  for (const Json& row : example::known_answers()["bootstrap_medians"])
    expect_ends(*bootstrap_median(row["values"].get<Numbers>()), row);
}

TEST(Bootstrap, ratio_equals_brute_force) {
  for (const Json& row : example::known_answers()["bootstrap_ratios"]) {
    const Numbers tokens = row["tokens"].get<Numbers>();
    const Numbers seconds = row["seconds"].get<Numbers>();
    std::vector<RatioTerm> terms;
    for (std::size_t i = 0; i < tokens.size(); ++i) terms.push_back({tokens[i], seconds[i]});
    expect_ends(*bootstrap_ratio(terms), row);
  }
}

TEST(Bootstrap, median_ratio_equals_brute_force) {
  for (const Json& row : example::known_answers()["bootstrap_median_ratios"]) {
    const auto comparison = *bootstrap_median_ratio(row["a"].get<Numbers>(), row["b"].get<Numbers>());
    EXPECT_NEAR(comparison.ratio, row["ratio"].get<double>(), 1e-12);
    expect_ends(*comparison.ci95, row);
  }
}

TEST(Bootstrap, one_seed_gives_one_answer) {
  const Numbers values{1, 2, 3, 5, 8, 13, 21};
  EXPECT_EQ(bootstrap_median(values, 9), bootstrap_median(values, 9));
  const std::vector<RatioTerm> terms{{10, 1}, {20, 2.5}, {30, 2.9}, {40, 4.4}};
  EXPECT_EQ(bootstrap_ratio(terms, 9), bootstrap_ratio(terms, 9));
}

TEST(Bootstrap, no_interval_below_three) {
  EXPECT_FALSE(bootstrap_median({}));
  EXPECT_FALSE(bootstrap_median(Numbers{1, 2}));
  EXPECT_FALSE(bootstrap_ratio(std::vector<RatioTerm>{{1, 1}, {2, 2}}));
  EXPECT_FALSE(bootstrap_ratio(std::vector<RatioTerm>{{0, 0}, {0, 0}, {0, 0}}));
  EXPECT_FALSE(bootstrap_median_ratio({}, {}));
  EXPECT_FALSE(bootstrap_median_ratio(Numbers{1, 2, 3, 4}, Numbers{1, 2, 3, 4})->ci95);
}

TEST(Bootstrap, equal_values_have_no_width) {
  const Numbers values(20, 3.5);
  EXPECT_EQ(bootstrap_median(values), (Interval{3.5, 3.5}));
  const auto comparison = *bootstrap_median_ratio(values, values);
  EXPECT_EQ(comparison.ratio, 1.0);
  EXPECT_EQ(comparison.p, 1.0);
}

/// Five cases of one speed each: without a difference all of them go one way in one comparison of 16. Draws
/// alone say p = 0.0005 there, which no adjustment by Holm takes back.
TEST(Bootstrap, few_cases_are_not_bolder_than_chance) {
  Random random(23);
  const auto bold = [&](auto compare) {
    int count = 0;
    constexpr int kComparisons = 400;
    for (int i = 0; i < kComparisons; ++i) {
      Numbers a(5), b(5);
      for (std::size_t k = 0; k < a.size(); ++k) {
        const double easy = 0.3 * random.normal();
        a[k] = std::exp(easy + 0.2 * random.normal());
        b[k] = std::exp(easy + 0.2 * random.normal());
      }
      count += compare(a, b)->p < 0.005 ? 1 : 0;
    }
    return static_cast<double>(count) / kComparisons;
  };
  EXPECT_LE(bold([](const auto& a, const auto& b) { return bootstrap_median_ratio(a, b); }), 0.01);
  EXPECT_LE(bold([](const auto& a, const auto& b) { return bootstrap_unpaired_ratio(a, b); }), 0.01);
  const auto twice = bootstrap_median_ratio(Numbers(5, 2.0), Numbers(5, 1.0));
  EXPECT_EQ(twice->p, 2.0 / 32) << "no scatter at all is luck, too";
}

TEST(Bootstrap, groups_have_the_spread_of_their_cases) {
  // Standard error of Σx/n with sd 1, n = 20,000: 0.00707, so the interval is 0.0277 wide.
  Random random(11);
  std::vector<RatioTerm> terms(20'000);
  for (RatioTerm& term : terms) term = {10 + random.normal(), 1};
  const Interval interval = *bootstrap_ratio(terms);
  EXPECT_NEAR(interval.high - interval.low, 0.0277, 0.0277 * 0.1);
}

TEST(Bootstrap, many_cases_scale_the_spread_of_some) {
  // Medians of ln values with sd s have standard error 1.2533·s/√n; a and b independent: √2 times that.
  Random random(12);
  constexpr std::size_t kCases = 40'000;
  Numbers a(kCases), b(kCases);
  for (std::size_t i = 0; i < kCases; ++i) {
    a[i] = std::exp(0.02 + 0.3 * random.normal());
    b[i] = std::exp(0.3 * random.normal());
  }
  const auto comparison = *bootstrap_median_ratio(a, b);
  const double se = 1.2533 * 0.3 * std::sqrt(2.0 / kCases);
  EXPECT_NEAR(comparison.log_se, se, se * 0.25);
  EXPECT_NEAR(std::log(comparison.ratio), 0.02, 4 * se);
  EXPECT_LT(comparison.p, 1e-6);
}

TEST(Bootstrap, p_agrees_with_the_interval) {
  Random random(13);
  for (int i = 0; i < 30; ++i) {
    Numbers a(15), b(15);
    for (std::size_t k = 0; k < a.size(); ++k) {
      b[k] = std::exp(0.2 * random.normal());
      a[k] = b[k] * std::exp(0.1 + 0.2 * random.normal());
    }
    const auto comparison = *bootstrap_median_ratio(a, b);
    const bool outside = comparison.ci95->low > 1 || comparison.ci95->high < 1;
    // The interval has the wider tails of few cases; so it may be the more careful one, never the bolder.
    EXPECT_TRUE(!outside || comparison.p < 0.05) << comparison.p;
  }
}

/// Share of `rounds` in which `holds` is true.
template <class Holds>
double share(int rounds, Holds holds) {
  int count = 0;
  for (int i = 0; i < rounds; ++i) count += holds() ? 1 : 0;
  return static_cast<double>(count) / rounds;
}

TEST(Coverage, intervals_hold_what_they_promise) {
  // 300 rounds: a true 95 % gives 91.2 … 98.8 % (three standard errors).
  Random random(17);
  const auto ratio_holds = [&](std::size_t n) {
    std::vector<RatioTerm> terms(n);
    for (RatioTerm& term : terms) {
      const double tokens = 5 + std::floor(50 * random.uniform());
      term = {tokens, tokens / 100 * std::exp(0.15 * random.normal() - 0.15 * 0.15 / 2)};
    }
    const Interval interval = *bootstrap_ratio(terms);
    return interval.low <= 100 && 100 <= interval.high;
  };
  const auto median_holds = [&](std::size_t n) {
    Numbers values(n);
    for (double& value : values) value = std::exp(random.normal());
    std::sort(values.begin(), values.end());
    const Interval interval = *bootstrap_median(values);
    return interval.low <= 1 && 1 <= interval.high;
  };
  EXPECT_GT(share(300, [&] { return ratio_holds(6); }), 0.90);
  EXPECT_GT(share(300, [&] { return ratio_holds(40); }), 0.912);
  EXPECT_GT(share(300, [&] { return median_holds(7); }), 0.90);
  EXPECT_GT(share(300, [&] { return median_holds(40); }), 0.90);
}

TEST(Coverage, clustered_median_holds) {
  Random random(19);
  const double held = share(300, [&] {
    std::vector<std::pair<double, std::uint32_t>> values;
    for (std::uint32_t unit = 0; unit < 20; ++unit) {
      const double level = random.normal();
      for (int repeat = 0; repeat < 4; ++repeat) values.emplace_back(level + 0.5 * random.normal(), unit);
    }
    std::sort(values.begin(), values.end());
    Numbers sorted;
    std::vector<std::uint32_t> cluster;
    for (const auto& [value, unit] : values) {
      sorted.push_back(value);
      cluster.push_back(unit);
    }
    const Interval interval = *clustered_median_interval(sorted, cluster);
    return interval.low <= 0 && 0 <= interval.high;
  });
  EXPECT_GT(held, 0.90);
}

}  // namespace
}  // namespace assay::stats
