#include "score_row.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace assay::llama {
namespace {

TEST(ScoreRow, ProbabilitiesSumToOne) {
  const std::array<float, 4> scores{1.0F, 3.0F, 3.0F, -2.0F};
  const auto row = score_row(scores);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->best, 1) << "the first of equals";
  double sum = 0;
  for (const float score : scores) sum += std::exp(score - row->log_sum);
  EXPECT_NEAR(sum, 1, 1e-15);
  EXPECT_NEAR(1 - row->log_sum, 1 - std::log(std::exp(1) + 2 * std::exp(3) + std::exp(-2)), 1e-12);
}

TEST(ScoreRow, HugeScoresDoNotOverflowAndManySmallOnesAreNotLost) {
  const std::array<float, 2> huge{3e38F, 3e38F};
  EXPECT_NEAR(score_row(huge)->log_sum - 3e38F, 0, 1e30);
  // Each is below the last bit of a float beside 1; together they are 0.149.
  std::vector<float> many(150'001, std::log(1e-6F));
  many[7] = 0;
  const auto row = score_row(many);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->best, 7);
  EXPECT_NEAR(row->log_sum, std::log(1 + 150'000 * std::exp(static_cast<double>(std::log(1e-6F)))), 1e-10);
}

TEST(ScoreRow, WhatIsNoNumberIsRefused) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(score_row({}));
  EXPECT_FALSE(score_row(std::array<float, 2>{0.0F, std::nanf("")}));
  EXPECT_FALSE(score_row(std::array<float, 2>{std::nanf(""), 0.0F}));
  EXPECT_FALSE(score_row(std::array<float, 2>{-kInfinite, -kInfinite}));
  EXPECT_FALSE(score_row(std::array<float, 2>{kInfinite, 0.0F}));
  EXPECT_TRUE(score_row(std::array<float, 2>{-kInfinite, 0.0F})) << "a token that is ruled out";
}

}  // namespace
}  // namespace assay::llama
