#include "stats/compare.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "stats/distribution.h"

namespace assay::stats {

double mcnemar_exact(std::uint64_t b, std::uint64_t c) {
  const std::uint64_t few = std::min(b, c);
  const auto n = static_cast<double>(b + c);
  if (b + c == 0) return 1;
  // The largest term by logarithms (2^n overflows above n = 1023), the smaller ones from their ratio
  // C(n, i-1)/C(n, i) = i/(n-i+1), until they no longer change the sum.
  const auto k = static_cast<double>(few);
  double term = std::exp(log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1) - n * std::numbers::ln2);
  double sum = term;
  for (double i = k; i > 0 && term > sum * 1e-17; i -= 1) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return std::min(1.0, 2 * sum);
}

std::optional<PairedDifference> paired_t(std::span<const double> differences,
                                         std::span<const std::uint32_t> cluster) {
  const auto estimate =
      cluster.empty() ? mean_interval(differences) : clustered_mean_interval(differences, cluster);
  if (!estimate) return std::nullopt;
  PairedDifference result{.difference = *estimate, .p = 1};
  if (!estimate->se) return result;
  if (*estimate->se == 0) {
    result.p = estimate->mean == 0 ? 1 : 0;
    return result;
  }
  result.p = t_two_sided_p(estimate->mean / *estimate->se, static_cast<double>(estimate->clusters - 1));
  return result;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return p[x] < p[y]; });
  std::vector<double> adjusted(p.size());
  double greatest = 0;
  for (std::size_t j = 0; j < order.size(); ++j) {
    greatest = std::max(greatest, std::min(1.0, static_cast<double>(p.size() - j) * p[order[j]]));
    adjusted[order[j]] = greatest;
  }
  return adjusted;
}

}  // namespace assay::stats
