#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/distribution.h"
#include "stats/quantile.h"

namespace assay::stats {
namespace {

/// Rounding leaves about 1e-17 where every cluster has the same mean.
constexpr double kNothing = 1e-12;

struct Sums {
  double value = 0;
  std::size_t count = 0;
};

/// Sum of value - centre and count for each cluster that has a value.
std::vector<Sums> cluster_sums(std::span<const double> values, std::span<const std::uint32_t> cluster,
                               double centre) {
  CHECK(values.size() == cluster.size());
  std::uint32_t largest = 0;
  for (const std::uint32_t id : cluster) largest = std::max(largest, id);
  std::vector<Sums> sums(values.empty() ? 0 : largest + std::size_t{1});
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[cluster[i]].value += values[i] - centre;
    ++sums[cluster[i]].count;
  }
  std::erase_if(sums, [](const Sums& sum) { return sum.count == 0; });
  return sums;
}

Interval around(double centre, double half) {
  return {.low = centre - half, .high = centre + half};
}

}  // namespace

std::optional<MeanEstimate> mean_interval(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  MeanEstimate estimate{
      .mean = *mean(values), .se = {}, .ci95 = {}, .n = values.size(), .clusters = values.size()};
  const auto n = static_cast<double>(values.size());
  if (const auto sd = standard_deviation(values)) estimate.se = *sd / std::sqrt(n);
  if (values.size() >= kFewestForInterval)
    estimate.ci95 = around(estimate.mean, t_quantile(0.975, n - 1) * *estimate.se);
  return estimate;
}

std::optional<MeanEstimate> clustered_mean_interval(std::span<const double> values,
                                                    std::span<const std::uint32_t> cluster) {
  if (values.empty()) return std::nullopt;
  const double centre = *mean(values);
  const std::vector<Sums> sums = cluster_sums(values, cluster, centre);
  MeanEstimate estimate{.mean = centre, .se = {}, .ci95 = {}, .n = values.size(), .clusters = sums.size()};
  if (sums.size() < 2) return estimate;
  double squares = 0;
  for (const Sums& sum : sums) squares += sum.value * sum.value;
  const auto count = static_cast<double>(sums.size());
  estimate.se = std::sqrt(count / (count - 1) * squares) / static_cast<double>(values.size());
  if (sums.size() >= kFewestForInterval)
    estimate.ci95 = around(centre, t_quantile(0.975, count - 1) * *estimate.se);
  return estimate;
}

std::vector<RatioTerm> joined(std::span<const RatioTerm> terms, std::span<const std::uint32_t> cluster) {
  if (cluster.empty()) return {terms.begin(), terms.end()};
  CHECK(terms.size() == cluster.size());
  std::vector<RatioTerm> sums;
  std::vector<std::int64_t> place;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (cluster[i] >= place.size()) place.resize(cluster[i] + std::size_t{1}, -1);
    std::int64_t& at = place[cluster[i]];
    if (at < 0) {
      at = static_cast<std::int64_t>(sums.size());
      sums.emplace_back();
    }
    RatioTerm& sum = sums[static_cast<std::size_t>(at)];
    sum.numerator += terms[i].numerator;
    sum.denominator += terms[i].denominator;
  }
  return sums;
}

std::vector<RatioTerm> joined_means(std::span<const double> values, std::span<const std::uint32_t> cluster) {
  std::vector<RatioTerm> terms;
  terms.reserve(values.size());
  for (const double value : values) terms.push_back({.numerator = value, .denominator = 1});
  return joined(terms, cluster);
}

std::optional<MeanEstimate> ratio_interval(std::span<const RatioTerm> units) {
  RatioTerm whole;
  for (const RatioTerm& unit : units) {
    whole.numerator += unit.numerator;
    whole.denominator += unit.denominator;
  }
  if (whole.denominator <= 0) return std::nullopt;
  const double rate = whole.numerator / whole.denominator;
  MeanEstimate estimate{.mean = rate, .se = {}, .ci95 = {}, .n = units.size(), .clusters = units.size()};
  if (units.size() < 2) return estimate;
  double squares = 0;
  for (const RatioTerm& unit : units) {
    const double off = unit.numerator - rate * unit.denominator;
    squares += off * off;
  }
  const auto n = static_cast<double>(units.size());
  estimate.se = std::sqrt(squares / (n * (n - 1))) / (whole.denominator / n);
  if (units.size() >= kFewestForInterval)
    estimate.ci95 = around(rate, t_quantile(0.975, n - 1) * *estimate.se);
  return estimate;
}

Interval wilson_rate(double p, double n) {
  CHECK(n > 0 && p >= 0 && p <= 1);
  const double z2 = kZ95 * kZ95;
  const double scale = 1 + z2 / n;
  const double centre = (p + z2 / (2 * n)) / scale;
  const double half = kZ95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / scale;
  // At 0 and n the formula gives exactly 0 and 1; rounding must not show -1e-17.
  return {.low = p == 0 ? 0 : std::max(0.0, centre - half),
          .high = p == 1 ? 1 : std::min(1.0, centre + half)};
}

Interval wilson(std::uint64_t k, std::uint64_t n) {
  CHECK(n > 0 && k <= n);
  return wilson_rate(static_cast<double>(k) / static_cast<double>(n), static_cast<double>(n));
}

std::optional<RateEstimate> rate_interval(std::span<const double> passed,
                                          std::span<const std::uint32_t> cluster) {
  const auto estimate = clustered_mean_interval(passed, cluster);
  if (!estimate) return std::nullopt;
  RateEstimate rate{.rate = estimate->mean, .ci95 = {}, .method = {}};
  if (estimate->clusters < kFewestForInterval) return rate;
  const auto clusters = static_cast<double>(estimate->clusters);
  if (estimate->clusters == estimate->n) {
    rate.ci95 = wilson_rate(rate.rate, clusters);
    rate.method = kWilson;
    return rate;
  }
  const std::vector<Sums> sums = cluster_sums(passed, cluster, rate.rate);
  const bool all_equal =
      std::all_of(sums.begin(), sums.end(), [](const Sums& sum) { return std::abs(sum.value) < kNothing; });
  if (all_equal) {
    rate.ci95 = wilson_rate(rate.rate, clusters);
    rate.method = kWilsonClusters;
    return rate;
  }
  const bool cut = estimate->ci95->low < 0 || estimate->ci95->high > 1;
  rate.ci95 =
      Interval{.low = std::max(0.0, estimate->ci95->low), .high = std::min(1.0, estimate->ci95->high)};
  rate.method = cut ? kClusteredCut : kClustered;
  return rate;
}

std::optional<MeanEstimate> chance_interval(std::span<const double> values,
                                            std::span<const std::uint32_t> cluster) {
  std::optional<MeanEstimate> estimate = clustered_mean_interval(values, cluster);
  if (!estimate || !estimate->ci95) return estimate;
  if (std::all_of(values.begin(), values.end(), [](double value) { return value == 0 || value == 1; }))
    estimate->ci95 = rate_interval(values, cluster)->ci95;
  else
    estimate->ci95 = within_bounds(*estimate);
  return estimate;
}

Interval within_bounds(const MeanEstimate& estimate) {
  if (*estimate.se < kNothing)
    return wilson_rate(std::clamp(estimate.mean, 0.0, 1.0), static_cast<double>(estimate.clusters));
  return {.low = std::max(0.0, estimate.ci95->low), .high = std::min(1.0, estimate.ci95->high)};
}

std::optional<Interval> clustered_median_interval(std::span<const double> sorted,
                                                  std::span<const std::uint32_t> cluster) {
  if (sorted.empty()) return std::nullopt;
  const double middle = quantile_of_sorted(sorted, 0.5);
  std::vector<double> below(sorted.size());
  std::transform(sorted.begin(), sorted.end(), below.begin(),
                 [&](double value) { return value <= middle ? 1.0 : 0.0; });
  const auto share = clustered_mean_interval(below, cluster);
  if (!share->ci95) return std::nullopt;
  const Interval of_share =
      *share->se < kNothing ? wilson_rate(share->mean, static_cast<double>(share->clusters)) : *share->ci95;
  const double half = (of_share.high - of_share.low) / 2;
  return Interval{.low = quantile_of_sorted(sorted, std::max(0.0, 0.5 - half)),
                  .high = quantile_of_sorted(sorted, std::min(1.0, 0.5 + half))};
}

}  // namespace assay::stats
