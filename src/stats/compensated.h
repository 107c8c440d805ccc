// Sums that lose nothing to rounding on the way, the same bits on every machine.
#pragma once

#include <optional>
#include <span>

namespace assay::stats {

/// Neumaier's sum: what each addition rounds away is kept apart and added at the end. Figures of tools that
/// sum with Python 3.12's sum() can only be compared bit for bit with this one.
/// 0 for no values. When the kept part is not finite it is left out, so an overflow stays an infinity.
double compensated_sum(std::span<const double> values);
/// The sum divided by the count. Absent when `values` is empty.
std::optional<double> compensated_mean(std::span<const double> values);

/// The sum as a plain loop makes it: what older tools stored.
double plain_sum(std::span<const double> values);

}  // namespace assay::stats
