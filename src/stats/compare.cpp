#include "stats/compare.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "stats/distribution.h"

namespace assay::stats {

namespace {

/// C(n, k) ÷ 2^n for 0 <= k <= n/2. By Stirling's formula with its error added, so that what is large cancels
/// before it is computed.   Source  Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
double half_binomial(double k, double n) {
  if (k == 0) return std::exp2(-n);
  const double off = (n - 2 * k) / n;
  const double deviance = n / 2 * ((1 - off) * std::log1p(-off) + (1 + off) * std::log1p(off));
  // ln m! = ln Γ(m) + ln m, and so each of the three factorials brings its m under the root.
  return std::sqrt(n / (2 * std::numbers::pi * k * (n - k))) *
         std::exp(stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance);
}

/// A standard error that rounding left of values which are all alike.
bool is_nothing(double se, double mean) {
  constexpr double kRounding = 1e-12;
  return se <= kRounding * std::abs(mean);
}

/// Where nothing scatters: as if z² more cases all lay at -1, or at +1.
Interval without_spread(double mean, double n) {
  const double more = kZ95 * kZ95;
  return {.low = (n * mean - more) / (n + more), .high = (n * mean + more) / (n + more)};
}

}  // namespace

double mcnemar_exact(std::uint64_t b, std::uint64_t c) {
  const std::uint64_t few = std::min(b, c);
  const auto n = static_cast<double>(b + c);
  if (b + c == 0) return 1;
  // The largest term, and the smaller ones from their ratio C(n, i-1)/C(n, i) = i/(n-i+1), until they no
  // longer change the sum.
  const auto k = static_cast<double>(few);
  double term = half_binomial(k, n);
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
  if (is_nothing(*estimate->se, estimate->mean)) {
    result.difference.se = 0;
    const auto units = static_cast<double>(estimate->clusters);
    if (estimate->ci95) result.difference.ci95 = without_spread(estimate->mean, units);
    result.p = estimate->mean == 0 ? 1 : std::exp2(1 - units);
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
