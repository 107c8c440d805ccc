// Tests of whether two rows differ, paired by case, and what several of them together are worth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace assay::stats {

/// Two models on the same cases, one 0/1 result each. `b` cases only A passes, `c` cases only B passes:
///   p = min(1, 2·Σ_{i=0}^{min(b,c)} C(b+c, i) / 2^{b+c});  1 when b + c = 0.
/// Fewer than six discordant cases can never reach 0.05.
/// Source  McNemar 1947, exact binomial form.
double mcnemar_exact(std::uint64_t b, std::uint64_t c);

/// Mean of the per-case differences d_i = A's mean - B's mean, with t and n - 1 degrees of freedom (clusters
/// - 1 when cases come in clusters).
struct PairedDifference {
  MeanEstimate difference;
  double p = 1;  ///< two-sided; 1 when there is no standard error, or it is 0 and so is the difference
};
/// Where all differences are the same d, the standard error is 0 by luck: t would call five cases certain.
/// Then p is the sign-flip test's, 2^(1-n), and the interval (n·d ∓ z²)/(n + z²), which at d = 0 and ±1 is
/// Tango's score interval of paired proportions (1998); n counts cases or clusters.
/// Shape   `cluster` parallel to `differences`, or empty when every case stands for itself; each in -1..1.
/// Absent when empty. Source  Student 1908; clustered: Miller (arXiv 2411.00640).
std::optional<PairedDifference> paired_t(std::span<const double> differences,
                                         std::span<const std::uint32_t> cluster = {});

/// Holm's adjustment: sorted ascending, p_(j) becomes the maximum over i <= j of min(1, (m - i + 1)·p_(i)).
/// In the order given. Keeps the chance of one false claim in the whole table below 5 %. Source  Holm 1979.
std::vector<double> holm(std::span<const double> p);

}  // namespace assay::stats
