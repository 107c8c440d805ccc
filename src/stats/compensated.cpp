// Compiled without fused multiply-add (see CMakeLists.txt), so that no compiler may join operations here.
#include "stats/compensated.h"

#include <cfloat>
#include <cmath>

namespace assay::stats {

static_assert(FLT_EVAL_METHOD == 0, "doubles must not be computed with more digits than they have");

double compensated_sum(std::span<const double> values) {
  double sum = 0;
  double lost = 0;
  for (const double value : values) {
    const double next = sum + value;
    lost += std::fabs(sum) >= std::fabs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  return std::isfinite(lost) && lost != 0 ? sum + lost : sum;
}

std::optional<double> compensated_mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  return compensated_sum(values) / static_cast<double>(values.size());
}

double plain_sum(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

}  // namespace assay::stats
