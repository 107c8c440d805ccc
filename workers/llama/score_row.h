// One row of scores → log-probabilities.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace assay::llama {

/// What is needed to turn each score of a row into ln p: ln p(i) = score(i) − log_sum.
struct ScoreRow {
  double log_sum = 0;     ///< ln Σ exp(score), in double
  std::int32_t best = 0;  ///< index of the greatest score, the first of equals
};

/// Absent when the row has no finite greatest score, or a score that is no number.
std::optional<ScoreRow> score_row(std::span<const float> scores);

}  // namespace assay::llama
