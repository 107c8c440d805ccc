#include "stats/bench_comparison.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "stats/random.h"

namespace assay::stats {
namespace {

using record::BenchReport;
using record::BenchRow;

constexpr std::array<ModelPair, 1> kFirst{ModelPair{0, 0}};

BenchReport report_of(const std::string& id) {
  BenchReport report;
  report.run_id = id;
  report.machine.host = "here";
  report.models.emplace_back().label = "toy";
  return report;
}

/// A test of 100 tokens with repetitions that take about `seconds`, scattered by 1 % and not by chance.
BenchRow& add(BenchReport& report, std::uint32_t prompt, std::uint32_t generate, double seconds,
              int count = 9) {
  BenchRow row;
  row.test.prompt = prompt;
  row.test.generate = generate;
  for (int i = 0; i < count; ++i) {
    record::BenchRepetition one;
    const double scatter = 1 + 0.01 * ((i * 7 % 9) - 4) / 4.0;
    one.total = Nanos{static_cast<std::int64_t>(seconds * scatter * 1e9)};
    row.repetitions.push_back(one);
  }
  report.rows.push_back(std::move(row));
  return report.rows.back();
}

TEST(BenchComparison, WhoIsFasterIsSaidWithItsInterval) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  add(a, 0, 100, 1.0);
  add(b, 0, 100, 0.8);
  const BenchComparison found = compare_benches(a, b, kFirst);
  ASSERT_EQ(found.tests.size(), 1U);
  const BenchDifference& test = found.tests[0];
  EXPECT_NEAR(test.speed.ratio, 1.25, 1e-6);
  EXPECT_TRUE(test.shown);
  EXPECT_LT(test.speed.ci95->low, 1.25);
  EXPECT_GT(test.speed.ci95->high, 1.25);
  EXPECT_EQ(test.text.find("tg100: B is faster by 25"), 0U) << test.text;
  const BenchComparison back = compare_benches(b, a, kFirst);
  EXPECT_EQ(back.tests[0].text.find("tg100: A is faster by 25"), 0U) << back.tests[0].text;
  add(a, 50, 0, 2.0);
  add(b, 50, 0, 8.0);
  EXPECT_NE(compare_benches(a, b, kFirst).tests[1].text.find("times as fast"), std::string::npos);
}

TEST(BenchComparison, TheSameSpeedShowsNothing) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  add(a, 64, 0, 1.0);
  add(b, 64, 0, 1.0);
  const BenchComparison found = compare_benches(a, b, kFirst);
  EXPECT_FALSE(found.tests[0].shown);
  EXPECT_NE(found.tests[0].text.find("no difference shown"), std::string::npos) << found.tests[0].text;
  EXPECT_NE(found.tests[0].text.find("would have been found"), std::string::npos);
  ASSERT_EQ(found.notes.size(), 1U) << "two runs of one machine share more than their repetitions";
  b.machine.host = "elsewhere";
  EXPECT_TRUE(compare_benches(a, b, kFirst).notes.empty());
}

TEST(BenchComparison, FewRepetitionsAreNoTestAndNoneOfHolmsTests) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  add(a, 64, 0, 1.0, 4);
  add(b, 64, 0, 0.5, 4);
  add(a, 0, 64, 1.0);
  add(b, 0, 64, 0.98);
  const BenchComparison found = compare_benches(a, b, kFirst);
  EXPECT_FALSE(found.tests[0].shown);
  EXPECT_FALSE(found.tests[0].speed.ci95);
  EXPECT_NE(found.tests[0].text.find("no test below 5 repetitions"), std::string::npos);
  EXPECT_DOUBLE_EQ(found.tests[1].p_adjusted, found.tests[1].speed.p);
}

TEST(BenchComparison, SeveralTestsAreAdjustedTogether) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  for (const std::uint32_t prompt : {16U, 32U, 64U}) {
    add(a, prompt, 0, 1.0);
    add(b, prompt, 0, 0.99);
  }
  for (const BenchDifference& test : compare_benches(a, b, kFirst).tests)
    EXPECT_DOUBLE_EQ(test.p_adjusted, std::min(1.0, 3 * test.speed.p));
}

TEST(BenchComparison, TestsFindTheirOwnKind) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  add(a, 64, 0, 1.0).test.threads = 2;
  add(b, 64, 0, 1.0).test.threads = 4;
  add(a, 128, 0, 1.0);
  add(b, 0, 128, 1.0);
  add(b, 32, 0, 1.0).source = "theirs.json";
  const BenchComparison found = compare_benches(a, b, kFirst);
  ASSERT_EQ(found.tests.size(), 1U);
  ASSERT_EQ(found.tests[0].settings.size(), 1U) << "one test of that name on each side: its settings differ";
  EXPECT_EQ(found.tests[0].settings[0].what, "threads");
  EXPECT_NE(found.tests[0].text.find("threads 2 → 4"), std::string::npos);
  EXPECT_EQ(found.only_a, std::vector<std::size_t>{1});
  EXPECT_EQ(found.only_b, std::vector<std::size_t>{1}) << "what was imported beside is left out";
}

TEST(BenchComparison, WhatDiffersInEveryTestIsSaidOnce) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  for (const std::uint32_t prompt : {32U, 64U}) {
    add(a, prompt, 0, 1.0).test.threads = 2;
    add(b, prompt, 0, 1.0).test.threads = 4;
  }
  b.rows[1].test.batch = 64;
  const BenchComparison found = compare_benches(a, b, kFirst);
  ASSERT_EQ(found.settings.size(), 1U);
  EXPECT_EQ(found.settings[0].what, "threads");
  EXPECT_TRUE(found.tests[0].settings.empty());
  ASSERT_EQ(found.tests[1].settings.size(), 1U);
  EXPECT_EQ(found.tests[1].text.find("threads"), std::string::npos);
  EXPECT_NE(found.tests[1].text.find("batch 2048 → 64"), std::string::npos);
}

TEST(BenchComparison, SweptTestsArePairedByTheirSettings) {
  BenchReport a = report_of("a");
  BenchReport b = report_of("b");
  for (const std::uint32_t threads : {1U, 2U}) add(a, 64, 0, 1.0).test.threads = threads;
  for (const std::uint32_t threads : {2U, 4U}) add(b, 64, 0, 1.0).test.threads = threads;
  const BenchComparison found = compare_benches(a, b, kFirst);
  ASSERT_EQ(found.tests.size(), 1U);
  EXPECT_EQ(found.tests[0].row_a, 1U);
  EXPECT_EQ(found.tests[0].row_b, 0U);
  EXPECT_EQ(found.only_a, std::vector<std::size_t>{0});
  EXPECT_EQ(found.only_b, std::vector<std::size_t>{1});
}

TEST(BenchComparison, TheIntervalHoldsTheTrueRatio) {
  // 300 rounds: a true 95 % gives 91.2 … 98.8 % (three standard errors). Sides of unequal length and scatter.
  Random random(23);
  int held = 0, shown = 0;
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> a(7), b(12);
    for (double& value : a) value = 110 * std::exp(0.02 * random.normal());
    for (double& value : b) value = 100 * std::exp(0.05 * random.normal());
    const auto ratio = bootstrap_unpaired_ratio(a, b);
    held += ratio->ci95->low <= 1.1 && 1.1 <= ratio->ci95->high ? 1 : 0;
    for (double& value : a) value = 100 * std::exp(0.02 * random.normal());
    shown += bootstrap_unpaired_ratio(a, b)->p < 0.05 ? 1 : 0;
  }
  EXPECT_GT(held, kRounds * 0.91);
  EXPECT_LT(shown, kRounds * 0.09) << "no difference, and one claimed";
}

}  // namespace
}  // namespace assay::stats
