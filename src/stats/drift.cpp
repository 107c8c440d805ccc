#include "stats/drift.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "stats/distribution.h"
#include "stats/quantile.h"

namespace assay::stats {
namespace {

struct Points {
  std::vector<double> x, y;
};

/// In order of x, joined into blocks when there are too many.
Points prepared(std::span<const double> x, std::span<const double> y) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return x[i] < x[j] || (x[i] == x[j] && i < j); });
  Points points;
  const std::size_t blocks = std::min(x.size(), kMostSlopePoints);
  std::vector<double> bx, by;
  for (std::size_t block = 0; block < blocks; ++block) {
    bx.clear();
    by.clear();
    for (std::size_t i = block * x.size() / blocks; i < (block + 1) * x.size() / blocks; ++i) {
      bx.push_back(x[order[i]]);
      by.push_back(y[order[i]]);
    }
    points.x.push_back(*median(bx));
    points.y.push_back(*median(by));
  }
  return points;
}

/// Σ k(k-1)(2k+5) over groups of equal values.
double tie_term(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (std::size_t begin = 0; begin < values.size();) {
    std::size_t end = begin;
    while (end < values.size() && values[end] == values[begin]) ++end;
    const auto k = static_cast<double>(end - begin);
    sum += k * (k - 1) * (2 * k + 5);
    begin = end;
  }
  return sum;
}

}  // namespace

std::optional<Slope> theil_sen(std::span<const double> x, std::span<const double> y) {
  CHECK(x.size() == y.size());
  constexpr std::size_t kFewest = 10;
  if (x.size() < kFewest) return std::nullopt;
  const Points points = prepared(x, y);
  const std::size_t n = points.x.size();
  std::vector<double> slopes;
  slopes.reserve(n * (n - 1) / 2);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double step = points.x[j] - points.x[i];
      if (step > 0) slopes.push_back((points.y[j] - points.y[i]) / step);
    }
  }
  if (slopes.empty()) return std::nullopt;

  const auto count = static_cast<double>(n);
  const double variance =
      (count * (count - 1) * (2 * count + 5) - tie_term(points.x) - tie_term(points.y)) / 18;
  const double sigma = std::sqrt(std::max(0.0, variance));
  const auto pairs = static_cast<double>(slopes.size());
  const double lower = std::max(0.0, std::nearbyint((pairs - kZ95 * sigma) / 2) - 1);
  const double upper = std::min(pairs - 1, std::nearbyint((pairs + kZ95 * sigma) / 2));
  const auto at_rank = [&](double rank) {
    const auto place = slopes.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(slopes.begin(), place, slopes.end());
    return *place;
  };
  return Slope{.slope = quantile_in_place(slopes, 0.5),
               .ci95 = {.low = at_rank(lower), .high = at_rank(upper)},
               .points = n};
}

}  // namespace assay::stats
