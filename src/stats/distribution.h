// The distributions behind intervals and tests. Our own, so that one record gives one interval on every
// machine: the C++ library has no t distribution, and lgamma() writes a global.
#pragma once

namespace assay::stats {

/// 0.975 quantile of the standard normal distribution: the z of every 95 % interval.
inline constexpr double kZ95 = 1.959963984540054;

/// ln Γ(x) for x > 0, to about 1e-14 relative. Stirling's series after shifting x above 10.
/// Source  DLMF 5.11.1.
double log_gamma(double x);

/// What Stirling's formula lacks:  ln Γ(x) - ((x - 1/2)·ln x - x + ln √(2π)), for x > 0; about 1/(12x).
double stirling_error(double x);

/// Φ(z), the standard normal distribution function.
double normal_cdf(double z);

/// I_x(a, b), the regularised incomplete beta function: the distribution function of Beta(a, b) at x.
/// Shape   a, b > 0; x in 0..1.
/// Source  continued fraction DLMF 8.17.22, evaluated by Lentz's method.
double incomplete_beta(double a, double b, double x);

/// P(T <= t) for Student's t with `df` > 0 degrees of freedom:
///   P(|T| > |t|) = I_{df/(df + t²)}(df/2, 1/2).  Source  DLMF 8.17, Student 1908.
double t_cdf(double t, double df);

/// P(|T| > |t|), computed without taking a small number from 1.
double t_two_sided_p(double t, double df);

/// The t with t_cdf(t, df) = p, by bisection on t_cdf to the last digit. Shape: 0 < p < 1.
double t_quantile(double p, double df);

}  // namespace assay::stats
