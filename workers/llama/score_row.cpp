#include "score_row.h"

#include <cmath>

namespace assay::llama {

std::optional<ScoreRow> score_row(std::span<const float> scores) {
  ScoreRow row;
  if (scores.empty()) return std::nullopt;
  for (std::size_t i = 1; i < scores.size(); ++i)
    if (scores[i] > scores[static_cast<std::size_t>(row.best)]) row.best = static_cast<std::int32_t>(i);
  const double most = scores[static_cast<std::size_t>(row.best)];
  // With the greatest taken off no term overflows and one is 1. In double: a sum of 150,000 floats would lose
  // four digits.
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) - most);
  row.log_sum = most + std::log(sum);
  if (!std::isfinite(row.log_sum)) return std::nullopt;  // a NaN anywhere makes the sum one
  return row;
}

}  // namespace assay::llama
