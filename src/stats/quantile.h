// Quantiles and moments of a list of numbers.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// Quantile of type 7 (linear interpolation between order statistics), as NumPy, R and spreadsheets default
/// to:
///   h = (n - 1)·p;  Q = x[floor h] + (h - floor h)·(x[floor h + 1] - x[floor h])
/// Shape   `sorted` ascending, n >= 1; `p` in 0..1.
/// Source  Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), definition 7.
double quantile_of_sorted(std::span<const double> sorted, double p);

/// The same of values in any order, which it reorders: O(n) instead of a sort. Shape: n >= 1.
double quantile_in_place(std::span<double> values, double p);

/// quantile_in_place() of a copy. Absent when `values` is empty.
std::optional<double> quantile(std::span<const double> values, double p);
/// The quantile with p = 0.5. Absent when `values` is empty.
std::optional<double> median(std::span<const double> values);

/// Absent when `values` is empty.
std::optional<double> mean(std::span<const double> values);
/// Standard deviation with n - 1:  sd = √(Σ(x_i - x̄)² / (n - 1)).
/// Absent when n < 2: one value has no spread, which is not a spread of 0.
std::optional<double> standard_deviation(std::span<const double> values);

}  // namespace assay::stats
