// Does a speed change while the run goes on (heat, a neighbour, memory filling up)?
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace assay::stats {

/// Theil–Sen: the median of the slopes of all pairs of points, which a few outliers do not move.
struct Slope {
  double slope = 0;  ///< units of y per unit of x
  Interval ci95;
  std::size_t points = 0;  ///< after joining, see below
};

/// Most points whose pairs are all formed: 400 points have 79,800 slopes, about 1 ms. More points are first
/// joined, in order of x, into 400 blocks of neighbours, each standing with its median x and median y: all
/// data is used, and a trend over the run is slower than a 400th of it.
inline constexpr std::size_t kMostSlopePoints = 400;

/// Interval from the normal approximation of Kendall's S with its correction for ties:
///   σ² = (n(n-1)(2n+5) - Σ_ties k(k-1)(2k+5)) / 18,  ranks (N ± z·σ)/2 of the N ordered slopes.
/// Shape   x and y of one length, any order.
/// Absent  below 10 points (the approximation needs them) or when all x are the same.
/// Source  Theil 1950, Sen 1968; as in SciPy's theilslopes.
std::optional<Slope> theil_sen(std::span<const double> x, std::span<const double> y);

}  // namespace assay::stats
