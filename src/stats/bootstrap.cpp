#include "stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "stats/distribution.h"
#include "stats/quantile.h"
#include "stats/random.h"

namespace assay::stats {
namespace {

/// Calls `use(index)` for `count` indices below `size`, two from each 64-bit number. Multiply and shift
/// favours some indices by at most size/2^32: 2 in 10^7 for 1,000 units.
template <class Use>
void draw_indices(Random& random, std::size_t count, std::size_t size, Use use) {
  for (std::size_t i = 0; i < count; i += 2) {
    const std::uint64_t bits = random.next();
    use(static_cast<std::size_t>(((bits & 0xFFFFFFFFU) * size) >> 32U));
    if (i + 1 < count) use(static_cast<std::size_t>(((bits >> 32U) * size) >> 32U));
  }
}

/// A random order of 0 … n-1 (Fisher and Yates).
std::vector<std::uint32_t> shuffled(std::size_t n, Random& random) {
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::uint32_t>(i);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[((random.next() >> 32U) * i) >> 32U]);
  return order;
}

Interval percentiles(std::vector<double>& draws, std::size_t units) {
  const double tail = percentile_tail(units);
  return {.low = quantile_in_place(draws, tail), .high = quantile_in_place(draws, 1 - tail)};
}

/// The median of one resample, by the rank of its order statistic (bootstrap.h).
double resampled_median(std::span<const double> sorted, Random& random) {
  const std::size_t n = sorted.size();
  const auto count = static_cast<double>(n);
  const auto at = [&](double u) { return sorted[std::min(n - 1, static_cast<std::size_t>(u * count))]; };
  const std::size_t rank = (n + 1) / 2;  // the middle one, or the lower of two
  const double below = random.gamma(static_cast<double>(rank));
  const double u = below / (below + random.gamma(static_cast<double>(n - rank + 1)));
  if (n % 2 != 0) return at(u);
  // Of the n - rank uniforms above u, the smallest: 1 - (1-u)·V^(1/(n-rank)).
  const double next = 1 - (1 - u) * std::pow(random.uniform(), 1 / static_cast<double>(n - rank));
  return (at(u) + at(next)) / 2;
}

/// At most kMostUnits terms with the same sums.
std::vector<RatioTerm> grouped(std::span<const RatioTerm> cases, Random& random) {
  if (cases.size() <= kMostUnits) return {cases.begin(), cases.end()};
  std::vector<RatioTerm> groups(kMostUnits);
  const std::vector<std::uint32_t> order = shuffled(cases.size(), random);
  for (std::size_t i = 0; i < order.size(); ++i) {
    RatioTerm& group = groups[i % kMostUnits];
    group.numerator += cases[order[i]].numerator;
    group.denominator += cases[order[i]].denominator;
  }
  return groups;
}

/// Random groups of rows, at most kMostUnits, with the same sums.
CountTable grouped(const CountTable& table, Random& random) {
  if (table.size() <= kMostUnits) return table;
  CountTable groups{.width = table.width, .values = std::vector<double>(kMostUnits * table.width)};
  const std::vector<std::uint32_t> order = shuffled(table.size(), random);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::span<const double> row = table.row(order[i]);
    double* const group = &groups.values[(i % kMostUnits) * table.width];
    for (std::size_t j = 0; j < row.size(); ++j) group[j] += row[j];
  }
  return groups;
}

/// Σ numerator ÷ Σ denominator of each draw; draws without a denominator are left out.
std::vector<double> draw_ratios(const std::vector<RatioTerm>& units, int count, Random& random) {
  std::vector<double> draws;
  draws.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    RatioTerm sum;
    draw_indices(random, units.size(), units.size(), [&](std::size_t unit) {
      sum.numerator += units[unit].numerator;
      sum.denominator += units[unit].denominator;
    });
    if (sum.denominator > 0) draws.push_back(sum.numerator / sum.denominator);
  }
  return draws;
}

/// One side of a paired comparison: the values in ascending order, and which case each belongs to.
struct Ranked {
  std::vector<double> value;
  std::vector<std::uint32_t> unit;

  explicit Ranked(const std::vector<double>& values) : value(values), unit(values.size()) {
    for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<std::uint32_t>(i);
    std::sort(unit.begin(), unit.end(),
              [&](std::uint32_t x, std::uint32_t y) { return values[x] < values[y]; });
    for (std::size_t i = 0; i < unit.size(); ++i) value[i] = values[unit[i]];
  }

  /// Median of the resample in which unit u occurs times[u] times, n in all: walk up to the middle.
  double median(const std::vector<std::uint16_t>& times) const {
    const std::size_t n = value.size();
    const std::size_t upper = n / 2;  // 0-based ranks of the middle one or two
    const std::size_t lower = (n - 1) / 2;
    std::size_t seen = 0;
    std::size_t i = 0;
    while ((seen += times[unit[i]]) <= lower) ++i;
    const double below = value[i];
    while (seen <= upper) seen += times[unit[++i]];
    return (below + value[i]) / 2;
  }
};

double log_ratio(const std::vector<double>& a, const std::vector<double>& b) {
  return std::log(*median(a) / *median(b));
}

/// ln ratio of each draw.
std::vector<double> draw_log_ratios(const std::vector<double>& a, const std::vector<double>& b,
                                    Random& random) {
  const Ranked first(a);
  const Ranked second(b);
  std::vector<double> draws(kDraws);
  std::vector<std::uint16_t> times(a.size());
  for (double& draw : draws) {
    std::fill(times.begin(), times.end(), std::uint16_t{0});
    draw_indices(random, a.size(), a.size(), [&](std::size_t unit) { ++times[unit]; });
    draw = std::log(first.median(times) / second.median(times));
  }
  return draws;
}

/// From so many draws on the far side of 0 on their share says more than t.
constexpr std::size_t kEnoughFar = 5;

/// The draws on the side where fewer lie, and the two-sided p that their share gives.
struct FarSide {
  std::size_t count = 0;
  double p = 1;
};

FarSide far_side(const std::vector<double>& draws) {
  const auto count = [&](auto on_side) {
    return static_cast<std::size_t>(std::count_if(draws.begin(), draws.end(), on_side));
  };
  const std::size_t far =
      std::min(count([](double d) { return d <= 0; }), count([](double d) { return d >= 0; }));
  const double p = 2 * static_cast<double>(far + 1) / (static_cast<double>(draws.size()) + 1);
  return {.count = far, .p = std::min(1.0, p)};
}

/// P of |t| with n − 1 degrees of freedom; the draws' variance is (n-1)/n of the right one. Where nothing
/// scatters: all n go one way by chance.
double tail_p(double estimate, double se, std::size_t n) {
  const auto units = static_cast<double>(n);
  if (se == 0) return estimate == 0 ? 1 : std::exp2(1 - units);
  return t_two_sided_p(estimate / (se * std::sqrt(units / (units - 1))), units - 1);
}

/// bootstrap_sums(), p.
double difference_p(const std::vector<double>& draws, double estimate, double se, std::size_t n) {
  const FarSide far = far_side(draws);
  const double tail = tail_p(estimate, se, n);
  return far.count < kEnoughFar ? tail : std::max(far.p, tail);
}

/// bootstrap_median_ratio(), p.
double ratio_p(const std::vector<double>& draws, double log_estimate, double log_se, std::size_t n) {
  const FarSide far = far_side(draws);
  return far.count < kEnoughFar ? tail_p(log_estimate, log_se, n) : far.p;
}

}  // namespace

double percentile_tail(std::size_t n) {
  CHECK(n >= 2);
  const auto units = static_cast<double>(n);
  return normal_cdf(-std::sqrt(units / (units - 1)) * t_quantile(0.975, units - 1));
}

std::optional<Interval> bootstrap_median(std::span<const double> sorted, std::uint64_t seed) {
  if (sorted.size() < kFewestForInterval) return std::nullopt;
  Random random(seed);
  std::vector<double> draws(kDraws);
  for (double& draw : draws) draw = resampled_median(sorted, random);
  return percentiles(draws, sorted.size());
}

std::optional<Interval> bootstrap_ratio(std::span<const RatioTerm> cases, std::uint64_t seed) {
  double whole = 0;
  for (const RatioTerm& term : cases) whole += term.denominator;
  if (cases.size() < kFewestForInterval || whole <= 0) return std::nullopt;
  Random random(seed);
  std::vector<double> draws = draw_ratios(grouped(cases, random), kDraws, random);
  if (draws.empty()) return std::nullopt;
  return percentiles(draws, cases.size());
}

std::optional<Interval> bootstrap_mean(std::span<const double> values, std::span<const std::uint32_t> cluster,
                                       std::uint64_t seed) {
  const std::vector<RatioTerm> units = joined_means(values, cluster);
  if (units.size() < kFewestForComparison) return std::nullopt;
  Random random(seed);
  std::vector<double> draws = draw_ratios(grouped(units, random), kPairedDraws, random);
  constexpr double kTail = 0.025;
  return Interval{.low = quantile_in_place(draws, kTail), .high = quantile_in_place(draws, 1 - kTail)};
}

std::vector<double> sums_of(const CountTable& table) {
  std::vector<double> sums(table.width);
  for (std::size_t i = 0; i < table.values.size(); ++i) sums[i % table.width] += table.values[i];
  return sums;
}

std::optional<Resampled> bootstrap_sums(const CountTable& table, const ScoreOfSums& score, int draws,
                                        std::uint64_t seed) {
  const std::size_t n = table.size();
  if (n < kFewestForInterval) return std::nullopt;
  Random random(seed);
  const CountTable units = grouped(table, random);
  std::vector<double> drawn(static_cast<std::size_t>(draws));
  std::vector<double> sums(table.width);
  for (double& one : drawn) {
    std::fill(sums.begin(), sums.end(), 0.0);
    draw_indices(random, units.size(), units.size(), [&](std::size_t unit) {
      const std::span<const double> row = units.row(unit);
      for (std::size_t j = 0; j < row.size(); ++j) sums[j] += row[j];
    });
    one = score(sums);
  }
  Resampled result{.score = score(sums_of(table)), .se = *standard_deviation(drawn), .ci95 = {}, .p = 1};
  result.p = difference_p(drawn, result.score, result.se, n);
  result.ci95 = percentiles(drawn, n);
  return result;
}

std::optional<RatioComparison> bootstrap_median_ratio(std::span<const double> a, std::span<const double> b,
                                                      std::uint64_t seed) {
  CHECK(a.size() == b.size());
  if (a.empty()) return std::nullopt;
  const std::size_t n = a.size();
  std::vector<double> first(a.begin(), a.end());
  std::vector<double> second(b.begin(), b.end());
  const double estimate = log_ratio(first, second);
  RatioComparison comparison{.ratio = std::exp(estimate), .ci95 = {}, .p = 1, .log_se = 0, .n = n};
  if (n < kFewestForComparison) return comparison;

  Random random(seed);
  double scale = 1;
  if (n > kMostUnits) {
    const std::vector<std::uint32_t> order = shuffled(n, random);
    first.resize(kMostUnits);
    second.resize(kMostUnits);
    for (std::size_t i = 0; i < kMostUnits; ++i) {
      first[i] = a[order[i]];
      second[i] = b[order[i]];
    }
    scale = std::sqrt(static_cast<double>(kMostUnits) / static_cast<double>(n));
  }
  const double centre = log_ratio(first, second);
  std::vector<double> draws = draw_log_ratios(first, second, random);
  for (double& draw : draws) draw = estimate + scale * (draw - centre);
  comparison.log_se = *standard_deviation(draws);
  comparison.p = ratio_p(draws, estimate, comparison.log_se, n);
  const Interval logs = percentiles(draws, n);
  comparison.ci95 = Interval{.low = std::exp(logs.low), .high = std::exp(logs.high)};
  return comparison;
}

std::optional<RatioComparison> bootstrap_unpaired_ratio(std::span<const double> a, std::span<const double> b,
                                                        std::uint64_t seed) {
  if (a.empty() || b.empty()) return std::nullopt;
  std::vector<double> first(a.begin(), a.end());
  std::vector<double> second(b.begin(), b.end());
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  const double estimate = log_ratio(first, second);
  const std::size_t n = std::min(first.size(), second.size());
  RatioComparison comparison{.ratio = std::exp(estimate), .ci95 = {}, .p = 1, .log_se = 0, .n = n};
  if (n < kFewestForComparison) return comparison;
  Random random(seed);
  std::vector<double> draws(kDraws);
  for (double& draw : draws)
    draw = std::log(resampled_median(first, random) / resampled_median(second, random));
  comparison.log_se = *standard_deviation(draws);
  comparison.p = ratio_p(draws, estimate, comparison.log_se, n);
  const Interval logs = percentiles(draws, n);
  comparison.ci95 = Interval{.low = std::exp(logs.low), .high = std::exp(logs.high)};
  return comparison;
}

}  // namespace assay::stats
