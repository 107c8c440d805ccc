#include "evaluator/combine.h"

#include <vector>

#include <gtest/gtest.h>

namespace assay::evaluator {
namespace {

using record::Mark;

Vote pass(double weight, double score = 1) {
  return {.mark = Mark::pass, .score = score, .weight = weight};
}
Vote failed(double weight, double score = 0) {
  return {.mark = Mark::fail, .score = score, .weight = weight, .reason = "mismatch"};
}
Vote missing(double weight, Mark mark = Mark::ungraded) {
  return {.mark = mark, .score = {}, .weight = weight, .reason = "missing"};
}

// The rows of the table "Several assertions" in docs/evaluators.md.

TEST(Combine, weights_2_1_0) {
  const std::vector<Vote> votes{pass(2), failed(1, 0.5), failed(0)};
  EXPECT_EQ(combine(votes, std::nullopt).mark, Mark::fail);
  const Combined with = combine(votes, 0.8);
  EXPECT_EQ(with.mark, Mark::pass);
  EXPECT_NEAR(*with.score, 0.8333, 0.00005);
}

TEST(Combine, a_missing_value_that_cannot_change_the_verdict) {
  const std::vector<Vote> votes{pass(1), missing(1), pass(2, 0.75)};
  const Combined low = combine(votes, 0.5);
  EXPECT_EQ(low.mark, Mark::pass);
  EXPECT_EQ(low.score, std::nullopt);
  const Combined high = combine(votes, 0.7);
  EXPECT_EQ(high.mark, Mark::ungraded);
  EXPECT_EQ(high.score, std::nullopt);
  EXPECT_EQ(high.detail, "weighted mean between 0.625 and 0.875, threshold 0.7");
}

TEST(Combine, a_missing_value_does_not_save_a_failed_case) {
  const std::vector<Vote> votes{failed(1), missing(1)};
  const Combined combined = combine(votes, std::nullopt);
  EXPECT_EQ(combined.mark, Mark::fail);
  EXPECT_EQ(combined.score, std::nullopt);
  EXPECT_EQ(combined.reason, "mismatch");
}

// Further edges.

TEST(Combine, a_missing_value_beside_a_pass_decides) {
  EXPECT_EQ(combine(std::vector<Vote>{pass(1), missing(1)}, std::nullopt).mark, Mark::ungraded);
}

TEST(Combine, error_wins_over_incomplete_and_ungraded) {
  const std::vector<Vote> votes{missing(1), missing(1, Mark::incomplete), missing(1, Mark::error), pass(1)};
  EXPECT_EQ(combine(votes, std::nullopt).mark, Mark::error);
  EXPECT_EQ(combine(votes, 0.9).mark, Mark::error);
  EXPECT_EQ(combine(std::span(votes).first(2), std::nullopt).mark, Mark::incomplete);
}

TEST(Combine, weight_0_never_decides) {
  EXPECT_EQ(combine(std::vector<Vote>{pass(1), missing(0, Mark::error), failed(0)}, std::nullopt).mark,
            Mark::pass);
  EXPECT_EQ(combine(std::vector<Vote>{pass(1), missing(0, Mark::error)}, 1.0).score, 1.0);
}

TEST(Combine, nothing_asked_is_ungraded) {
  EXPECT_EQ(combine({}, std::nullopt).reason, "grader_missing");
  EXPECT_EQ(combine(std::vector<Vote>{pass(0)}, 0.5).mark, Mark::ungraded);
}

TEST(Combine, the_threshold_itself_passes_in_spite_of_rounding) {
  EXPECT_EQ(combine(std::vector<Vote>{pass(0.1), pass(0.2), failed(0.7)}, 0.3).mark, Mark::pass);
  EXPECT_EQ(combine(std::vector<Vote>{pass(0.1), pass(0.2), failed(0.7)}, 0.31).mark, Mark::fail);
}

}  // namespace
}  // namespace assay::evaluator
