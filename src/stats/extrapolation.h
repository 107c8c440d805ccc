// From two measured points to a third on the line through them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "stats/bootstrap.h"

namespace assay::stats {

struct Extrapolation {
  double value = 0;
  std::optional<Interval> ci95;  ///< absent below kFewestForInterval values on either side
};

/// A time on the line through the medians of two series of times:
///   T = m_few + reach·(m_more - m_few),  reach = (x - x_few) ÷ (x_more - x_few)
/// with x what the time grows with, such as the layers of a model. Reach 1 is `more` itself, and then `few`
/// plays no part. The interval draws both series with replacement, each by itself, and has the tails of the
/// shorter one; that the line is straight is not in it.
/// Shape   both in any order and not empty, values > 0; reach >= 1.
/// Absent when a series is empty, or when T is not above 0 (noise larger than the difference).
std::optional<Extrapolation> extrapolated_time(std::span<const double> few, std::span<const double> more,
                                               double reach, std::uint64_t seed = kBootstrapSeed);

}  // namespace assay::stats
