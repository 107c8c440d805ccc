// Percentile bootstrap with a fixed seed: for medians and ratios, which have no handy formula.
//
// 100,000 samples must summarise in well under a second, and a plain bootstrap of one metric over 100,000
// cases draws 4 × 10^8 indices. Three techniques keep the cost flat without changing what is estimated:
//   - the median of a resample is an order statistic, and its rank can be drawn directly (bootstrap_median);
//   - sums over many cases are first joined into at most 500 random groups (bootstrap_ratio);
//   - a ratio of medians over many cases takes its spread from 500 of them (bootstrap_median_ratio).
// With one seed the result is the same on every machine up to the last digits of log() and exp().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace assay::stats {

/// Draws of every bootstrap. An end of a 95 % percentile interval then moves by √(0.025·0.975/B)/φ(1.96) =
/// 0.042 standard errors from seed to seed: 2 % of the half width, invisible in the two digits that we print.
/// 10,000 would make it 1.4 % for 2.5 times the time.
inline constexpr int kDraws = 4'000;
/// The most units that one draw walks. The spread of 1,000 random groups has a relative error of 1/√(2·1000)
/// = 2.2 %.
inline constexpr std::size_t kMostUnits = 500;
inline constexpr std::uint64_t kBootstrapSeed = 1;

/// Draws of bootstrap_mean(), as papers ask for: they take 8 ms for 500 cases.
inline constexpr int kPairedDraws = 10'000;

/// Interval of the median of independent values.
///   The m-th of n resampled values is x[⌈n·U⌉], U ~ Beta(m, n-m+1): one Beta variate is one exact draw,
///   whatever n is. For even n the neighbour's rank follows from U by one more uniform.
/// Shape   `sorted` ascending. Absent below 3 values.
/// Source  Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), 13.3.
///         Order statistics of uniforms: David and Nagaraja, "Order Statistics" (2003), 2.3.
std::optional<Interval> bootstrap_median(std::span<const double> sorted, std::uint64_t seed = kBootstrapSeed);

/// Interval of the pooled rate Σ numerator ÷ Σ denominator over cases drawn with replacement (a case's
/// repeats stay together: add them up first). Above kMostUnits cases, random groups of cases are drawn
/// instead: the groups are as independent as the cases, and their sums vary by the same standard error.
/// Absent below 3 cases or when the denominators add up to 0.
std::optional<Interval> bootstrap_ratio(std::span<const RatioTerm> cases,
                                        std::uint64_t seed = kBootstrapSeed);

/// Interval of a mean of paired differences: cases are drawn with replacement, clusters where cases share
/// one, kPairedDraws times. Plain percentiles (2.5 % and 97.5 %), as papers and other tools print them. They
/// are narrower than t where cases are few, so t stays the headline.
/// Shape   `cluster` parallel to `values`, or empty. Absent below kFewestForComparison cases or clusters.
/// Source  Efron and Tibshirani 1993, 13.3.
std::optional<Interval> bootstrap_mean(std::span<const double> values,
                                       std::span<const std::uint32_t> cluster = {},
                                       std::uint64_t seed = kBootstrapSeed);

/// Rows of numbers that are added up: the counts of one case or cluster each.
struct CountTable {
  std::size_t width = 0;       ///< numbers of a row
  std::vector<double> values;  ///< row after row
  std::size_t size() const { return width == 0 ? 0 : values.size() / width; }
  std::span<const double> row(std::size_t i) const { return std::span(values).subspan(i * width, width); }
};
/// A score of sums, such as BLEU of matches, totals and lengths.
using ScoreOfSums = std::function<double(std::span<const double> sums)>;
/// The sums of all rows.
std::vector<double> sums_of(const CountTable& table);

/// What a score that only exists for a whole corpus varies by, if the cases had been others.
struct Resampled {
  double score = 0;              ///< of all rows
  double se = 0;                 ///< standard deviation over the draws
  std::optional<Interval> ci95;  ///< tails of percentile_tail()
  double p = 1;                  ///< two-sided, for score = 0: of a difference
};
/// Rows are drawn with replacement, `score` is taken of their sums. Above kMostUnits rows, random groups of
/// them are drawn instead (bootstrap_ratio).
///   p  the t tail of score ÷ (se·√(n/(n−1))) with n − 1 degrees of freedom, and not less than
///      2·(min(#(score* <= 0), #(score* >= 0)) + 1) ÷ (draws + 1) where at least 5 draws lie on the far side.
///      Draws alone say p = 0 in one of 16 comparisons of 5 cases, for all five go one way by chance.
///      Where no draw differs from another t has nothing to divide by: 2^(1-n), the sign-flip test's p.
/// Absent below 3 rows.
/// Source  Efron and Tibshirani 1993; for BLEU Koehn, "Statistical Significance Tests for Machine Translation
///         Evaluation" (2004).
std::optional<Resampled> bootstrap_sums(const CountTable& table, const ScoreOfSums& score, int draws = kDraws,
                                        std::uint64_t seed = kBootstrapSeed);

/// Two rows measured on the same cases: how many times the median of `a` is of the median of `b`.
struct RatioComparison {
  double ratio = 1;              ///< median(a) ÷ median(b) over all cases
  std::optional<Interval> ci95;  ///< of the ratio; absent below kFewestForComparison cases
  double p = 1;                  ///< two-sided, for ratio = 1
  double log_se = 0;             ///< standard error of ln ratio over the draws
  std::size_t n = 0;
};
inline constexpr std::size_t kFewestForComparison = 5;

/// Paired percentile bootstrap of the ratio of medians: n cases are drawn with replacement, both sides
/// together.
///   p  2·(min(#(ratio* <= 1), #(ratio* >= 1)) + 1) ÷ (B + 1) where at least 5 draws lie beyond 1,
///      else the t tail of ln ratio as in bootstrap_sums(). Draws alone cannot show a p below 1/B, which many
///      comparisons under Holm need, and with few cases they say it by chance (bootstrap_sums()).
/// Above kMostUnits cases the draws use that many random ones, and their spread about their own ratio is
/// scaled by √(kMostUnits/n).
/// Shape   a[i] and b[i] > 0 are the values of case i. Absent when empty.
/// Source  Efron and Tibshirani 1993; for the scaling Bickel, Götze and van Zwet (1997).
std::optional<RatioComparison> bootstrap_median_ratio(std::span<const double> a, std::span<const double> b,
                                                      std::uint64_t seed = kBootstrapSeed);

/// The same of two series that nothing pairs (repetitions of two benches): each side is drawn by itself, and
/// the tails are those of the shorter one.
/// Shape   values > 0, in any order. Absent when a side is empty; no interval below kFewestForComparison
///         values on either side.
/// Source  Efron and Tibshirani 1993, 8.3 (the two-sample problem).
std::optional<RatioComparison> bootstrap_unpaired_ratio(std::span<const double> a, std::span<const double> b,
                                                        std::uint64_t seed = kBootstrapSeed);

/// Which tails of the draws bound an interval over n units. The plain percentiles are too narrow for few
/// units (the resample's variance is (n-1)/n of the right one, and no t widens it): for a mean of 5 normal
/// values a nominal 95 % covers P(|t(4)| < 1.96·√(4/5)) = 85 %. Hence
///   tail = Φ( -√(n/(n-1)) · t(0.975, n-1) ),  which is 0.0250 for large n, 0.0086 at 10 and 0.00095 at 5.
/// Source  Hesterberg, "What Teachers Should Know About the Bootstrap" (2015), expanded percentiles.
double percentile_tail(std::size_t n);

}  // namespace assay::stats
