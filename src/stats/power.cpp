#include "stats/power.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "stats/quantile.h"

namespace assay::stats {

double variance_of_difference(double sigma_a, double sigma_b, double rho) {
  return sigma_a * sigma_a + sigma_b * sigma_b - 2 * rho * sigma_a * sigma_b;
}

double variance_of_discordant(double share, double e) {
  return std::max(0.0, share - e * e);
}

std::uint64_t cases_to_find(double variance, double e) {
  CHECK(e > 0 && variance >= 0);
  // 392.4 cases are 393; what is a whole number but for rounding is not one more.
  constexpr double kRounding = 1e-9;
  const double cases = kPowerZ * kPowerZ * variance / (e * e);
  constexpr double kMost = 1e18;
  return static_cast<std::uint64_t>(std::ceil(std::clamp(cases * (1 - kRounding), 1.0, kMost)));
}

double smallest_to_find(double variance, std::uint64_t n) {
  CHECK(n > 0 && variance >= 0);
  return kPowerZ * std::sqrt(variance / static_cast<double>(n));
}

double smallest_of_discordant(double share, std::uint64_t n) {
  CHECK(n > 0 && share >= 0);
  return kPowerZ * std::sqrt(share / (static_cast<double>(n) + kPowerZ * kPowerZ));
}

double error_of_mean(double between, double within, std::uint64_t n, std::uint64_t k) {
  CHECK(n > 0 && k > 0);
  return std::sqrt((between + within / static_cast<double>(k)) / static_cast<double>(n));
}

std::optional<VarianceParts> variance_parts(std::span<const double> differences,
                                            std::span<const double> within, double k) {
  CHECK(differences.size() == within.size() && k >= 1);
  const std::optional<double> sd = standard_deviation(differences);
  if (!sd) return std::nullopt;
  const double seen = *sd * *sd;
  const double of_repeats = std::min(*mean(within), k * seen);
  return VarianceParts{.between = std::max(0.0, seen - of_repeats / k), .within = of_repeats};
}

std::optional<double> correlation(std::span<const double> a, std::span<const double> b) {
  CHECK(a.size() == b.size());
  constexpr std::size_t kFewest = 3;
  if (a.size() < kFewest) return std::nullopt;
  const double mean_a = *mean(a);
  const double mean_b = *mean(b);
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  if (aa <= 0 || bb <= 0) return std::nullopt;
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);
}

}  // namespace assay::stats
