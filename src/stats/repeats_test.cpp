// pass@k, pass^k and their company against SciPy's binomial coefficients (testdata/known_repeats.json, made
// by make_known_repeats.py) and the worked example of docs/measurement.md.
#include "stats/repeats.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"

namespace assay::stats {
namespace {

const Json& answers() {
  static const Json parsed = [] {
    const auto text = read_file(ASSAY_SOURCE_DIR "/src/stats/testdata/known_repeats.json", 1U << 20U);
    return *parse_json(text.value());
  }();
  return parsed;
}

/// Rows such as "1101": one case each, an answer per letter.
std::vector<CaseTries> tries(const Json& rows) {
  std::vector<CaseTries> cases;
  for (const Json& row : rows) {
    const std::string text = row.get<std::string>();
    const auto passed = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '1'));
    cases.push_back({text.size(), passed, static_cast<std::uint32_t>(cases.size())});
  }
  return cases;
}

TEST(Repeats, estimators_equal_scipy) {
  for (const Json& row : answers()["estimators"]) {
    const std::uint64_t n = row["n"];
    const std::uint64_t c = row["c"];
    const std::uint64_t k = row["k"];
    EXPECT_NEAR(pass_at_k(n, c, k).value(), row["at"].get<double>(), 1e-12) << row;
    EXPECT_NEAR(pass_hat_k(n, c, k).value(), row["hat"].get<double>(), 1e-12) << row;
  }
}

TEST(Repeats, a_case_with_fewer_answers_is_not_padded) {
  EXPECT_EQ(pass_at_k(4, 4, 5), std::nullopt);
  EXPECT_EQ(pass_hat_k(4, 4, 5), std::nullopt);
}

TEST(Repeats, eight_cases_of_four_answers) {
  const Json& example = answers()["eight"];
  const Repeated found = *repeated(tries(example["rows"]));
  EXPECT_EQ(found.cases, 8U);
  EXPECT_DOUBLE_EQ(found.consistency, 0.5);
  EXPECT_DOUBLE_EQ(found.majority, 0.625);
  EXPECT_EQ(found.ties, 0U);
  EXPECT_NEAR(found.inner_variance, 0.09375, 1e-15);
  ASSERT_EQ(found.pass.size(), example["pass"].size());
  for (std::size_t i = 0; i < found.pass.size(); ++i) {
    const Json& wanted = example["pass"][i];
    EXPECT_EQ(found.pass[i].k, wanted["k"].get<std::uint64_t>());
    EXPECT_NEAR(found.pass[i].at_least_one.mean, wanted["at"].get<double>(), 1e-12);
    EXPECT_NEAR(*found.pass[i].at_least_one.se, wanted["at_se"].get<double>(), 1e-12);
    EXPECT_NEAR(found.pass[i].all.mean, wanted["hat"].get<double>(), 1e-12);
    EXPECT_NEAR(*found.pass[i].all.se, wanted["hat_se"].get<double>(), 1e-12);
    EXPECT_GE(found.pass[i].all.ci95->low, 0);
    EXPECT_LE(found.pass[i].at_least_one.ci95->high, 1);
  }
}

TEST(Repeats, four_cases_of_ten_answers) {
  const Repeated found = *repeated(tries(Json{"1111111111", "1111110000", "1000000000", "0000000000"}));
  const std::vector<std::array<double, 3>> wanted{// k, pass@k, pass^k
                                                  {1, 0.4250, 0.4250},
                                                  {2, 0.5167, 0.3333},
                                                  {3, 0.5667, 0.2917},
                                                  {5, 0.6250, 0.2560},
                                                  {10, 0.7500, 0.2500}};
  ASSERT_EQ(found.pass.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(found.pass[i].k, static_cast<std::uint64_t>(wanted[i][0]));
    EXPECT_NEAR(found.pass[i].at_least_one.mean, wanted[i][1], 5e-5);
    EXPECT_NEAR(found.pass[i].all.mean, wanted[i][2], 5e-5);
  }
}

TEST(Repeats, ties_count_half) {
  const Repeated found = *repeated(tries(Json{"10", "11", "00"}));
  EXPECT_DOUBLE_EQ(found.majority, 0.5);
  EXPECT_EQ(found.ties, 1U);
}

TEST(Repeats, clusters_widen_the_interval) {
  std::vector<CaseTries> cases = tries(Json{"11", "11", "10", "10", "00", "00"});
  const double alone = *repeated(cases)->pass[0].at_least_one.se;
  for (std::size_t i = 0; i < cases.size(); ++i) cases[i].cluster = static_cast<std::uint32_t>(i / 2);
  EXPECT_GT(*repeated(cases)->pass[0].at_least_one.se, alone);
}

TEST(Repeats, one_answer_each_says_nothing) {
  EXPECT_FALSE(repeated(tries(Json{"1", "0", "1"})).has_value());
  EXPECT_FALSE(repeated({}).has_value());
}

}  // namespace
}  // namespace assay::stats
