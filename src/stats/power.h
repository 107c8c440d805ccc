// How many cases a comparison needs, and what it can find with those it has. Two-sided at 5 %, found four
// times in five: the sum of the two normal quantiles is kPowerZ = 2.8016.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// z(0.975) + z(0.8). The smallest true difference that a comparison finds in four of five repetitions is so
/// many of its standard errors.   Source  Miller (arXiv 2411.00640), power.
inline constexpr double kPowerZ = 2.801585218112968;

/// Variance of a case's difference between two models whose scores have the standard deviations `sigma_a` and
/// `sigma_b` over cases and the correlation `rho`:  σ_d² = σ_A² + σ_B² − 2ρσ_Aσ_B.  For scores of 0 and 1 σ
/// is at most 0.5.
double variance_of_difference(double sigma_a, double sigma_b, double rho);
/// The same from the share of cases that exactly one of the models passes, and their difference e:  q − e².
/// Never below 0.
double variance_of_discordant(double share, double e);

/// n = (kPowerZ·σ_d / e)², rounded up: so many cases find a true difference of e. e > 0.
std::uint64_t cases_to_find(double variance, double e);
/// Turned round: e = kPowerZ·√(σ_d²/n). n > 0.
double smallest_to_find(double variance, std::uint64_t n);

/// The same where the variance itself holds e, q − e²:  e = kPowerZ·√(q/(n + kPowerZ²)). n > 0.
double smallest_of_discordant(double share, std::uint64_t n);

/// Standard error of a mean over n cases with k repeats each, where τ² is the variance between cases and σ²
/// that between the repeats of one:  √((τ² + σ²/k) / n).
double error_of_mean(double between, double within, std::uint64_t n, std::uint64_t k);

/// τ² and σ² of paired differences.
struct VarianceParts {
  double between = 0;  ///< τ²; 0 when the scatter within explains all of it
  double within = 0;   ///< σ², of one repeat
};
/// From the differences of the case means, and for each case the variance that its own repeats give that
/// mean's difference times the repeats k:  σ² = mean of `within`,  τ² = s_d² − σ²/k.
/// Where that is below 0, chance made the means scatter less than the repeats: τ² = 0 and σ² = k·s_d², so
/// that both always add up to what was seen.
/// Shape   parallel; at least 2 cases, else absent. k is the (mean) number of repeats, >= 1.
/// Source  the one-way random effects model, moments: Searle, "Variance Components" (1992), 3.
std::optional<VarianceParts> variance_parts(std::span<const double> differences,
                                            std::span<const double> within, double k);

/// Pearson's r. Absent below 3 pairs, or when a side does not vary.
std::optional<double> correlation(std::span<const double> a, std::span<const double> b);

}  // namespace assay::stats
