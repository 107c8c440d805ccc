// Intervals that have a formula: means, clustered means, pass rates, medians of clusters. All 95 %,
// two-sided.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay::stats {

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// Below this many values no interval is given: two points say next to nothing about a spread (t(1) = 12.7).
inline constexpr std::size_t kFewestForInterval = 3;

/// A mean with its standard error. `ci95` is absent below kFewestForInterval values or clusters.
struct MeanEstimate {
  double mean = 0;
  std::optional<double> se;  ///< absent with one value or cluster
  std::optional<Interval> ci95;
  std::size_t n = 0;
  std::size_t clusters = 0;
};

/// Mean of independent values:  SE = √(Σ(s_i - s̄)² / (n(n-1))),  interval s̄ ± t(0.975, n-1)·SE.
/// Absent when `values` is empty.
/// Source  Student 1908; Miller, "Adding Error Bars to Evals" (arXiv 2411.00640).
std::optional<MeanEstimate> mean_interval(std::span<const double> values);

/// Mean of values that come in clusters (repeats of one case, questions on one passage):
///   SE = √( C/(C-1) · Σ_c (Σ_{i∈c} (s_i - s̄))² ) / n,  interval with t and C - 1 degrees of freedom.
/// With clusters of equal size this is the standard error of the cluster means.
/// Shape   `cluster[i]` is the number of the cluster of `values[i]`. Gaps are allowed; memory grows with the
///         largest number.
/// Source  Miller (arXiv 2411.00640), appendix A, with the factor C/(C-1) as Inspect has it.
std::optional<MeanEstimate> clustered_mean_interval(std::span<const double> values,
                                                    std::span<const std::uint32_t> cluster);

/// One case: what it adds above and below the line of a pooled rate (tokens and seconds, errors and words).
struct RatioTerm {
  double numerator = 0;
  double denominator = 0;
  bool operator==(const RatioTerm&) const = default;
};

/// The sums of each cluster, in the order of the first term of each. `cluster` empty: the terms as they are.
std::vector<RatioTerm> joined(std::span<const RatioTerm> terms, std::span<const std::uint32_t> cluster);
/// The same of values, each of which counts once.
std::vector<RatioTerm> joined_means(std::span<const double> values, std::span<const std::uint32_t> cluster);

/// A ratio of sums R = Σ e_i ÷ Σ w_i, such as errors per word; `mean` holds R.
///   SE = √( Σ(e_i - R·w_i)² / (n(n-1)) ) / w̄,  interval with t and n - 1 degrees of freedom.
/// The mean of the e_i/w_i is another quantity. For clusters give their sums: with w_i the number of values
/// this is the SE of clustered_mean_interval(), with w_i their weights that of a weighted mean.
/// Shape   w_i >= 0. Absent when they add up to 0.
/// Source  Cochran, "Sampling Techniques" (1977), 2.11 and 6.3.
std::optional<MeanEstimate> ratio_interval(std::span<const RatioTerm> units);

/// Pass rate k of n with one 0/1 value per case:
///   centre (p + z²/2n)/(1 + z²/n), half width z·√(p(1-p)/n + z²/4n²)/(1 + z²/n), z = 1.959964.
/// Stays in 0..1 and means something at 0 and n, where p ± z·SE has no width.
/// Shape   0 <= k <= n, n >= 1.   Source  Wilson 1927.
Interval wilson(std::uint64_t k, std::uint64_t n);
/// The same for a rate p that is not k/n (a mean over n clusters).
Interval wilson_rate(double p, double n);

/// A pass rate with its interval and the name of the method that gave it.
struct RateEstimate {
  double rate = 0;
  std::optional<Interval> ci95;  ///< absent for fewer than 3 cases or clusters
  std::string_view method;  ///< kWilson, kClustered, kClusteredCut, kWilsonClusters; empty without interval
};
inline constexpr std::string_view kWilson = "wilson";
inline constexpr std::string_view kClustered = "clustered";
inline constexpr std::string_view kClusteredCut = "clustered (cut)";
inline constexpr std::string_view kWilsonClusters = "wilson (clusters)";

/// Pass rate of 0/1 values. One value per cluster: Wilson. Otherwise clustered, cut to 0..1 (and named so
/// when cut); when every cluster has the same mean the clustered SE is 0, which is luck and not certainty:
/// then Wilson with n = number of clusters. Absent when `passed` is empty.
std::optional<RateEstimate> rate_interval(std::span<const double> passed,
                                          std::span<const std::uint32_t> cluster);

/// What the ends of a mean's interval become where values lie in 0..1: cut, and Wilson's with n = clusters
/// where all of them have the same mean, for a standard error of 0 is luck and not certainty.
/// Shape   `estimate` has an interval.
Interval within_bounds(const MeanEstimate& estimate);

/// Mean of chances or scores in 0..1: the mean of clustered_mean_interval() with an interval that stays in
/// bounds: that of rate_interval() where all values are 0 or 1, else within_bounds(). Absent when empty.
std::optional<MeanEstimate> chance_interval(std::span<const double> values,
                                            std::span<const std::uint32_t> cluster);

/// Interval for the median of values that come in clusters: the clustered interval of the share of values at
/// or below the median, read back through the quantiles.
///   F = share of s_i <= m;  [Q(0.5 - t·SE_c(F)), Q(0.5 + t·SE_c(F))],  t with C - 1 degrees of freedom.
/// Where every cluster has the same share (each case's second answer is the slower one) SE_c is 0 by luck:
/// then half of Wilson's width with n = C stands for t·SE_c.
/// One pass instead of a bootstrap over clusters, whose draws would each walk all values: 4 × 10^8 steps for
/// 100,000 values. Absent below 3 clusters.
/// Shape   `sorted` ascending; `cluster` parallel to it.
/// Source  Woodruff, "Confidence Intervals for Medians and Other Position Measures" (1952).
std::optional<Interval> clustered_median_interval(std::span<const double> sorted,
                                                  std::span<const std::uint32_t> cluster);

}  // namespace assay::stats
