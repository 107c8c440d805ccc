#include "stats/bench_figures.h"

#include <array>

#include <gtest/gtest.h>

namespace assay::stats {
namespace {

using namespace std::chrono_literals;
using record::BenchReport;
using record::BenchRow;

BenchRow row_of(std::uint32_t prompt, std::uint32_t generate) {
  BenchRow row;
  row.test.prompt = prompt;
  row.test.generate = generate;
  return row;
}

void add(BenchRow& row, Nanos prompt, Nanos total) {
  record::BenchRepetition one;
  if (row.test.prompt > 0) one.prompt = prompt;
  one.total = total;
  for (std::uint32_t i = 1; i <= row.test.generate; ++i)
    one.tokens.push_back(prompt + (total - prompt) * i / row.test.generate);
  row.repetitions.push_back(one);
}

BenchReport report() {
  BenchReport made;
  made.models.emplace_back().bytes_per_token = 1'000'000'000;
  made.machine.bandwidth = record::Bandwidth{.read = 20e9};
  return made;
}

TEST(BenchFigures, SpeedIsAllTokensOverTheWholeTimeAsInLlamaBench) {
  BenchRow row = row_of(100, 10);
  for (const Nanos total : {2s, 1s, 4s}) add(row, total / 2, total);
  const auto figures = bench_figures(report(), row);
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->n, 3U);
  EXPECT_DOUBLE_EQ(figures->median, 55);  // 110 ÷ 2 s
  EXPECT_DOUBLE_EQ(figures->mean, (55 + 110 + 27.5) / 3);
  EXPECT_DOUBLE_EQ(*figures->prefill_tps, 100);  // 100 ÷ 1 s
  EXPECT_DOUBLE_EQ(*figures->decode_tps, 10);    // 10 ÷ 1 s
  EXPECT_DOUBLE_EQ(*figures->ttft_ms, 1000);
  EXPECT_DOUBLE_EQ(*figures->roofline_pct, 50);  // 10 GB/s of 20
  ASSERT_TRUE(figures->ci95);
  EXPECT_LE(figures->ci95->low, 55);
  EXPECT_GE(figures->ci95->high, 55);
}

TEST(BenchFigures, WhatATestLacksIsAbsent) {
  BenchRow prompt = row_of(512, 0);
  add(prompt, 1s, 1s);
  const auto pp = bench_figures(report(), prompt);
  EXPECT_DOUBLE_EQ(*pp->prefill_tps, 512);
  EXPECT_FALSE(pp->decode_tps || pp->ttft_ms || pp->roofline_pct || pp->ci95 || pp->sd);
  BenchRow generate = row_of(0, 128);
  add(generate, 0s, 2s);
  const auto tg = bench_figures(report(), generate);
  EXPECT_DOUBLE_EQ(*tg->decode_tps, 64);
  EXPECT_FALSE(tg->prefill_tps || tg->ttft_ms);
  EXPECT_FALSE(bench_figures(report(), row_of(1, 0)));
}

TEST(BenchFigures, ImportedRowsHaveNoPartsAndNoRoofOfThisMachine) {
  BenchRow row = row_of(512, 128);
  row.source = "theirs.json";
  record::BenchRepetition one;
  one.total = 2s;
  row.repetitions = {one, one, one};
  const auto figures = bench_figures(report(), row);
  EXPECT_DOUBLE_EQ(figures->median, 320);
  EXPECT_FALSE(figures->prefill_tps || figures->decode_tps || figures->ttft_ms || figures->roofline_pct);
}

TEST(BenchFigures, ARequestsOwnCountOfPromptTokensCounts) {
  BenchRow row = row_of(500, 10);
  add(row, 1s, 2s);
  row.repetitions[0].prompt_tokens = 600;
  EXPECT_DOUBLE_EQ(*bench_figures(report(), row)->prefill_tps, 600);
}

TEST(LocalScore, IsTheCubeRootOfItsMeans) {
  std::vector<BenchRow> rows{row_of(1000, 100), row_of(500, 100)};
  for (BenchRow& row : rows)
    for (int i = 0; i < 3; ++i) add(row, 1s, 3s);
  const std::vector<const BenchRow*> all{&rows[0], &rows[1]};
  const auto score = localscore(all);
  ASSERT_TRUE(score);
  // Means: prefill 750, decode 50, TTFT 1000 ms.
  EXPECT_NEAR(score->score, 10 * std::cbrt(750.0 * 50 * 1000 / 1000), 1e-9);
  ASSERT_TRUE(score->ci95);
  EXPECT_NEAR(score->ci95->low, score->score, 1e-9);
  EXPECT_EQ(score->shapes, 2U);
  rows.push_back(row_of(1, 1));
  const std::vector<const BenchRow*> lacking{&rows[0], &rows[2]};
  EXPECT_FALSE(localscore(lacking));
}

TEST(Sustained, EndIsComparedWithTheStart) {
  BenchRow row = row_of(0, 100);
  for (int i = 0; i < 10; ++i) add(row, 0s, i < 5 ? 1s : 2s);
  const auto halved = sustained(row);
  ASSERT_TRUE(halved);
  EXPECT_DOUBLE_EQ(halved->end_to_start, 0.5);
  EXPECT_DOUBLE_EQ(halved->fifths[0], 100);
  EXPECT_DOUBLE_EQ(halved->fifths[2], 75);  // of 100 and 50
  EXPECT_DOUBLE_EQ(halved->fifths[4], 50);
  EXPECT_FALSE(halved->ci95);  // two repetitions in a fifth
  row.repetitions.resize(9);
  EXPECT_FALSE(sustained(row));
}

TEST(Sustained, EveryRepetitionIsInOneFifthAndTheRatioHasItsInterval) {
  BenchRow row = row_of(0, 100);
  // 28 repetitions: fifths of 5, 6, 5, 6, 6.
  for (int i = 0; i < 28; ++i) add(row, 0s, i < 5 ? 1s : i < 22 ? 2s : 4s);
  const auto figures = sustained(row);
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->fifths, (std::array<double, 5>{100, 50, 50, 50, 25}));
  ASSERT_TRUE(figures->ci95);
  EXPECT_DOUBLE_EQ(figures->ci95->low, 0.25);
  EXPECT_DOUBLE_EQ(figures->ci95->high, 0.25);
}

}  // namespace
}  // namespace assay::stats
