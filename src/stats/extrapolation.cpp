#include "stats/extrapolation.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "stats/quantile.h"
#include "stats/random.h"

namespace assay::stats {
namespace {

double drawn_median(std::span<const double> values, std::vector<double>& drawn, Random& random) {
  drawn.resize(values.size());
  for (double& one : drawn) one = values[((random.next() >> 32U) * values.size()) >> 32U];
  return quantile_in_place(drawn, 0.5);
}

}  // namespace

std::optional<Extrapolation> extrapolated_time(std::span<const double> few, std::span<const double> more,
                                               double reach, std::uint64_t seed) {
  CHECK(reach >= 1);
  if (few.empty() || more.empty()) return std::nullopt;
  const auto on_line = [&](double a, double b) { return a + reach * (b - a); };
  Extrapolation found{.value = on_line(*median(few), *median(more)), .ci95 = std::nullopt};
  if (found.value <= 0) return std::nullopt;
  const std::size_t shorter = std::min(few.size(), more.size());
  if (shorter < kFewestForInterval) return found;
  Random random(seed);
  std::vector<double> draws(kDraws);
  std::vector<double> drawn;
  for (double& draw : draws) {
    const double a = drawn_median(few, drawn, random);
    draw = on_line(a, drawn_median(more, drawn, random));
  }
  const double tail = percentile_tail(shorter);
  const double low = quantile_in_place(draws, tail);
  found.ci95 = Interval{.low = low, .high = quantile_in_place(draws, 1 - tail)};
  return found;
}

}  // namespace assay::stats
