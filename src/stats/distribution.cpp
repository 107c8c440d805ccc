#include "stats/distribution.h"

#include <cmath>
#include <numbers>

#include "base/check.h"

namespace assay::stats {
namespace {

constexpr double kStirling = 10;  // from here on the series below is exact to the last digits

/// (x - 1/2)·ln x - x + ln √(2π): ln Γ(x) but for stirling_error().
double without_stirling_error(double x) {
  return (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi);
}

double stirling_series(double x) {
  const double y = 1 / (x * x);
  return (1.0 / 12 + y * (-1.0 / 360 +
                          y * (1.0 / 1260 + y * (-1.0 / 1680 + y * (1.0 / 1188 + y * (-691.0 / 360360)))))) /
         x;
}

/// x^a·(1-x)^b ÷ B(a, b). The large parts of the three ln Γ cancel before they are computed: at a = 10^6
/// their rounding alone would leave 1e-9.
double beta_front(double a, double b, double x) {
  const double off = b * x - a * (1 - x);  // 0 at the mean
  const double of_a = std::abs(off) < a / 2 ? std::log1p(off / a) : std::log(x) + std::log1p(b / a);
  const double of_b = std::abs(off) < b / 2 ? std::log1p(-off / b) : std::log1p(-x) + std::log1p(a / b);
  const double logs = a * of_a + b * of_b;
  return std::sqrt(a * b / (2 * std::numbers::pi * (a + b))) *
         std::exp(logs + stirling_error(a + b) - stirling_error(a) - stirling_error(b));
}

/// The continued fraction of I_x(a, b); converges fast for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;    // keeps Lentz's method off a division by 0
  constexpr int kMostTerms = 20'000;  // about √max(a, b) terms are needed; a million samples need 1,500
  const auto guard = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / guard(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const double step = d * c;
    fraction *= step;
    if (std::abs(step - 1) < 1e-16) break;
  }
  return fraction;
}

}  // namespace

double log_gamma(double x) {
  CHECK(x > 0);
  double shift = 0;
  for (; x < kStirling; x += 1) shift += std::log(x);
  return without_stirling_error(x) + stirling_series(x) - shift;
}

double stirling_error(double x) {
  CHECK(x > 0);
  return x < kStirling ? log_gamma(x) - without_stirling_error(x) : stirling_series(x);
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double incomplete_beta(double a, double b, double x) {
  CHECK(a > 0 && b > 0 && x >= 0 && x <= 1);
  if (x == 0 || x == 1) return x;
  const double front = beta_front(a, b, x);
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double t_two_sided_p(double t, double df) {
  CHECK(df > 0);
  const double squared = t * t;
  if (!std::isfinite(squared)) return 0;
  // Near t = 0 the complement is the well-conditioned side.
  if (squared < 1) return 1 - incomplete_beta(0.5, df / 2, squared / (df + squared));
  return incomplete_beta(df / 2, 0.5, df / (df + squared));
}

double t_cdf(double t, double df) {
  const double tail = t_two_sided_p(t, df) / 2;
  return t > 0 ? 1 - tail : tail;
}

double t_quantile(double p, double df) {
  CHECK(p > 0 && p < 1 && df > 0);
  if (p == 0.5) return 0;
  if (p < 0.5) return -t_quantile(1 - p, df);
  const double wanted = 2 * (1 - p);
  double low = 0;
  double high = 2;
  while (t_two_sided_p(high, df) > wanted) high *= 2;
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (t_two_sided_p(middle, df) > wanted ? low : high) = middle;
  }
}

}  // namespace assay::stats
