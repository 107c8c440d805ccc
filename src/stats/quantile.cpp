#include "stats/quantile.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace assay::stats {

double quantile_of_sorted(std::span<const double> sorted, double p) {
  CHECK(!sorted.empty() && p >= 0 && p <= 1);
  const double h = static_cast<double>(sorted.size() - 1) * p;
  const auto below = static_cast<std::size_t>(h);
  if (below + 1 >= sorted.size()) return sorted.back();
  return std::lerp(sorted[below], sorted[below + 1], h - static_cast<double>(below));
}

double quantile_in_place(std::span<double> values, double p) {
  CHECK(!values.empty() && p >= 0 && p <= 1);
  const double h = static_cast<double>(values.size() - 1) * p;
  const auto below = static_cast<std::ptrdiff_t>(h);
  std::nth_element(values.begin(), values.begin() + below, values.end());
  if (below + 1 >= std::ssize(values)) return values.back();
  const double next = *std::min_element(values.begin() + below + 1, values.end());
  return std::lerp(values[static_cast<std::size_t>(below)], next, h - static_cast<double>(below));
}

std::optional<double> quantile(std::span<const double> values, double p) {
  if (values.empty()) return std::nullopt;
  std::vector<double> copy(values.begin(), values.end());
  return quantile_in_place(copy, p);
}

std::optional<double> median(std::span<const double> values) {
  return quantile(values, 0.5);
}

std::optional<double> mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  // Two passes: the second takes out what rounding left of the first, so that times of hours in nanoseconds
  // with a spread of microseconds keep their digits.
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double first = sum / n;
  double rest = 0;
  for (const double value : values) rest += value - first;
  return first + rest / n;
}

std::optional<double> standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double centre = *mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace assay::stats
