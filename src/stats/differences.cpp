#include "stats/differences.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/difference_words.h"
#include "stats/power.h"
#include "stats/sign_flip.h"

namespace assay::stats {
namespace {

constexpr double kLevel = 0.05;

using Pair = std::pair<std::uint32_t, std::uint32_t>;
using Totals = std::vector<CaseTotals>;
using CaseOrder = std::vector<std::uint32_t>;

/// The rows of each cell that have a metric, in order, and whether all pairs of them are compared.
struct Contest {
  std::map<std::uint32_t, std::vector<std::uint32_t>> cells;
  bool all_pairs = true;
};

Contest contest_of(const Summary& summary, const std::function<bool(const SummaryRow&)>& has) {
  Contest contest;
  for (std::uint32_t r = 0; r < summary.rows.size(); ++r) {
    if (has(summary.rows[r])) contest.cells[summary.rows[r].cell].push_back(r);
  }
  std::size_t pairs = 0;
  for (const auto& [cell, rows] : contest.cells) pairs += rows.size() * (rows.size() - 1) / 2;
  contest.all_pairs = pairs <= kMostPairs;
  return contest;
}

/// The pairs to compare, given the value that says which row is best.
std::vector<Pair> pairs_of(const Contest& contest, const std::function<double(std::uint32_t row)>& value) {
  std::vector<Pair> pairs;
  for (const auto& [cell, rows] : contest.cells) {
    const std::uint32_t best = *std::max_element(
        rows.begin(), rows.end(), [&](std::uint32_t x, std::uint32_t y) { return value(x) < value(y); });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        if (contest.all_pairs || rows[i] == best || rows[j] == best) pairs.emplace_back(rows[i], rows[j]);
      }
    }
  }
  return pairs;
}

/// p(1 − p)·k/(k − 1) estimates the variance of a single answer without bias; 0 for one answer.
double variance_within(const CaseTotals& totals) {
  if (totals.graded < 2) return 0;
  const double share = static_cast<double>(totals.passed) / totals.graded;
  return share * (1 - share) * totals.graded / (totals.graded - 1.0);
}

/// The cases that both rows graded: per case the difference of the means, first minus second.
struct GradedPairs {
  std::vector<std::uint32_t> cases;
  std::vector<double> differences;
  std::vector<double> of_first, of_second;
  std::vector<double> within;  ///< variance of one repeat's difference, from the case's own repeats
  std::vector<std::uint32_t> cluster;
  double repeats = 0;    ///< graded answers to a case, mean over cases and rows
  bool repeated = true;  ///< at least two everywhere
  std::uint64_t left_out = 0;
  double first = 0, second = 0;  ///< mean over these cases
  bool single = true;            ///< one graded sample each: McNemar
};

GradedPairs graded_pairs(const Totals& a, const Totals& b, const CaseTable& cases, const CaseOrder& order) {
  GradedPairs pairs;
  for (const std::uint32_t id : order) {
    const CaseTotals& x = a[id];
    const CaseTotals& y = b[id];
    if (x.graded == 0 || y.graded == 0) {
      pairs.left_out += x.graded + y.graded > 0 ? 1 : 0;
      continue;
    }
    const double of_a = static_cast<double>(x.passed) / x.graded;
    const double of_b = static_cast<double>(y.passed) / y.graded;
    pairs.cases.push_back(id);
    pairs.differences.push_back(of_a - of_b);
    pairs.of_first.push_back(of_a);
    pairs.of_second.push_back(of_b);
    pairs.within.push_back(variance_within(x) + variance_within(y));
    pairs.repeats += (x.graded + y.graded) / 2.0;
    pairs.repeated = pairs.repeated && x.graded > 1 && y.graded > 1;
    pairs.cluster.push_back(cases.cluster(id));
    pairs.first += of_a;
    pairs.second += of_b;
    pairs.single = pairs.single && x.graded == 1 && y.graded == 1;
  }
  if (!pairs.cases.empty()) {
    pairs.first /= static_cast<double>(pairs.cases.size());
    pairs.second /= static_cast<double>(pairs.cases.size());
    pairs.repeats /= static_cast<double>(pairs.cases.size());
  }
  return pairs;
}

/// The cases that have scores in both rows. A case's weight scales its difference, so that the mean is the
/// difference of the rows' weighted means.
GradedPairs scored_pairs(const Totals& a, const Totals& b, const CaseTable& cases, const CaseOrder& order) {
  GradedPairs pairs;
  pairs.repeated = false;
  double weights = 0;
  for (const std::uint32_t id : order) {
    if (a[id].scored == 0 || b[id].scored == 0) {
      pairs.left_out += a[id].scored + b[id].scored > 0 ? 1 : 0;
      continue;
    }
    const double weight = cases.weight(id);
    const double of_a = a[id].scores / a[id].scored;
    const double of_b = b[id].scores / b[id].scored;
    pairs.cases.push_back(id);
    pairs.differences.push_back(weight * (of_a - of_b));
    pairs.of_first.push_back(of_a);
    pairs.of_second.push_back(of_b);
    pairs.cluster.push_back(cases.cluster(id));
    pairs.repeats += (a[id].scored + b[id].scored) / 2.0;
    pairs.first += weight * of_a;
    pairs.second += weight * of_b;
    weights += weight;
  }
  if (weights <= 0) return {};
  pairs.first /= weights;
  pairs.second /= weights;
  pairs.repeats /= static_cast<double>(pairs.cases.size());
  const double scale = static_cast<double>(pairs.cases.size()) / weights;
  for (double& difference : pairs.differences) difference *= scale;
  return pairs;
}

/// Cases that only one side passes; ids up to the limit.
void list_discordant(Difference& difference, const GradedPairs& pairs, const CaseTable& cases, double sign) {
  for (std::size_t i = 0; i < pairs.cases.size(); ++i) {
    const double d = sign * pairs.differences[i];
    if (d == 0) continue;
    std::uint64_t& count = d > 0 ? difference.better_only : difference.worse_only;
    std::vector<std::string>& ids = d > 0 ? difference.better_only_cases : difference.worse_only_cases;
    ++count;
    if (ids.size() < kMostListedCases) ids.push_back(cases.id(pairs.cases[i]));
  }
}

/// What was not graded may be right or wrong: the order is open while one row's worst is below the other's
/// best. With full coverage low and high are the accuracy itself.
bool order_is_open(const SummaryRow& better, const SummaryRow& worse) {
  const bool complete = better.coverage == 1.0 && worse.coverage == 1.0;
  return !complete && better.low && worse.high && *better.low <= *worse.high;
}

/// What stands beside the t test, and what a plan for the next run needs.
void add_company(Difference& difference, const GradedPairs& pairs, std::span<const std::uint32_t> cluster,
                 double sign) {
  difference.draws = kPairedDraws;
  difference.bootstrap_ci95 = bootstrap_mean(pairs.differences, cluster);
  if (sign < 0 && difference.bootstrap_ci95)
    difference.bootstrap_ci95 =
        Interval{.low = -difference.bootstrap_ci95->high, .high = -difference.bootstrap_ci95->low};
  const std::size_t units = joined_means(pairs.differences, cluster).size();
  if (units >= kFewestForComparison && units < kEnoughWithoutFlips)
    difference.sign_flip = sign_flip(pairs.differences, cluster);
  if (pairs.repeated) difference.variance = variance_parts(pairs.differences, pairs.within, pairs.repeats);
}

/// Even when all discordant cases go one way, six of them are needed.
constexpr double kFewestDiscordant = 6;

/// Estimate, standard error, interval and p by t, and what does not depend on the test.
Difference by_t(Pair rows, const GradedPairs& pairs, std::span<const std::uint32_t> cluster, double sign) {
  Difference difference;
  difference.better = sign > 0 ? rows.first : rows.second;
  difference.worse = sign > 0 ? rows.second : rows.first;
  difference.n = pairs.cases.size();
  difference.left_out = pairs.left_out;
  difference.estimate = std::abs(pairs.first - pairs.second);
  difference.better_value = std::max(pairs.first, pairs.second);
  difference.worse_value = std::min(pairs.first, pairs.second);
  difference.repeats = pairs.repeats;
  difference.correlation = correlation(pairs.of_first, pairs.of_second);
  const PairedDifference paired = *paired_t(pairs.differences, cluster);
  difference.se = paired.difference.se;
  difference.p = paired.p;
  if (const auto& ci95 = paired.difference.ci95)
    difference.ci95 = sign > 0 ? *ci95 : Interval{.low = -ci95->high, .high = -ci95->low};
  // A standard error of 0 (no case differs) is luck, not the power to find anything.
  const double few = std::min(1.0, kFewestDiscordant / static_cast<double>(difference.n));
  if (difference.se) difference.smallest = *difference.se == 0 ? few : kPowerZ * *difference.se;
  difference.method = cluster.empty() ? kPairedT : kPairedTClustered;
  return difference;
}

std::span<const std::uint32_t> clusters_of(const GradedPairs& pairs, const CaseTable& cases) {
  return cases.clustered() ? std::span(pairs.cluster) : std::span<const std::uint32_t>();
}

std::optional<Difference> compare_accuracy(const Summary& summary, Pair rows, const Totals& a,
                                           const Totals& b, const CaseTable& cases, const CaseOrder& order) {
  const GradedPairs pairs = graded_pairs(a, b, cases, order);
  if (pairs.cases.size() < kFewestForComparison) return std::nullopt;
  const double sign = pairs.first >= pairs.second ? 1 : -1;
  const std::span<const std::uint32_t> cluster = clusters_of(pairs, cases);
  Difference difference = by_t(rows, pairs, cluster, sign);
  difference.metric = "accuracy";
  if (pairs.single && !cases.clustered()) {
    list_discordant(difference, pairs, cases, sign);
    difference.p = mcnemar_exact(difference.better_only, difference.worse_only);
    difference.method = kMcNemar;
    const double few = std::min(1.0, kFewestDiscordant / static_cast<double>(difference.n));
    difference.smallest = std::max(few, *difference.smallest);
  } else {
    add_company(difference, pairs, cluster, sign);
  }
  difference.open = order_is_open(summary.rows[difference.better], summary.rows[difference.worse]);
  return difference;
}

/// What was not graded may score 0 or 1.
bool score_is_open(const SummaryRow& better, const SummaryRow& worse) {
  const double covered = better.coverage.value_or(1);
  const double other = worse.coverage.value_or(1);
  return (covered < 1 || other < 1) && *better.score * covered <= *worse.score * other + 1 - other;
}

std::optional<Difference> compare_scores(const Summary& summary, Pair rows, const Totals& a, const Totals& b,
                                         const CaseTable& cases, const CaseOrder& order) {
  const GradedPairs pairs = scored_pairs(a, b, cases, order);
  if (pairs.cases.size() < kFewestForComparison) return std::nullopt;
  const double sign = pairs.first >= pairs.second ? 1 : -1;
  const std::span<const std::uint32_t> cluster = clusters_of(pairs, cases);
  Difference difference = by_t(rows, pairs, cluster, sign);
  difference.metric = "score";
  add_company(difference, pairs, cluster, sign);
  difference.open = score_is_open(summary.rows[difference.better], summary.rows[difference.worse]);
  return difference;
}

std::optional<Difference> compare_speed(Pair rows, const Totals& a, const Totals& b, const CaseOrder& order) {
  std::vector<double> first, second;
  std::uint64_t left_out = 0;
  for (const std::uint32_t id : order) {
    const RatioTerm& x = a[id].decode;
    const RatioTerm& y = b[id].decode;
    if (x.denominator > 0 && y.denominator > 0) {
      first.push_back(x.numerator / x.denominator);
      second.push_back(y.numerator / y.denominator);
    } else if (x.denominator > 0 || y.denominator > 0) {
      ++left_out;
    }
  }
  if (first.size() < kFewestForComparison) return std::nullopt;
  auto ratio = *bootstrap_median_ratio(first, second);
  const bool swapped = ratio.ratio < 1;
  if (swapped) {
    ratio.ratio = 1 / ratio.ratio;
    ratio.ci95 = Interval{.low = 1 / ratio.ci95->high, .high = 1 / ratio.ci95->low};
  }
  Difference difference;
  difference.metric = "decode_tps";
  difference.better = swapped ? rows.second : rows.first;
  difference.worse = swapped ? rows.first : rows.second;
  difference.estimate = ratio.ratio - 1;
  difference.ci95 = Interval{.low = ratio.ci95->low - 1, .high = ratio.ci95->high - 1};
  difference.p = ratio.p;
  difference.n = ratio.n;
  difference.left_out = left_out;
  difference.smallest = std::expm1(kPowerZ * ratio.log_se);
  difference.draws = kDraws;
  difference.method = "paired bootstrap of the ratio of medians over cases";
  return difference;
}

bool has_accuracy(const SummaryRow& row) {
  return row.accuracy.has_value();
}
bool has_speed(const SummaryRow& row) {
  const auto metric = row.metrics.find("decode_tps");
  return metric != row.metrics.end() && metric->second.headline;
}

bool has_scores(const SummaryRow& row) {
  return row.score && row.partial_scores;
}

bool has_corpus(const SummaryRow& row) {
  return !row.corpus.empty();
}

/// By its first score; which row is compared with all others matters only in large tables.
double corpus_of(const SummaryRow& row) {
  const CorpusFigure& first = row.corpus.front();
  return first.lower_is_better ? -first.score : first.score;
}

double speed_of(const SummaryRow& row) {
  return *row.metrics.at("decode_tps").headline;
}

void give_badges(Summary& summary, const std::string& metric, const std::string& badge,
                 const Contest& contest) {
  for (const auto& [cell, rows] : contest.cells) {
    std::map<std::uint32_t, int> wins, losses;
    for (const Difference& difference : summary.differences) {
      if (difference.metric != metric || !difference.shown || summary.rows[difference.better].cell != cell)
        continue;
      ++wins[difference.better];
      ++losses[difference.worse];
    }
    if (wins.empty()) continue;
    for (const std::uint32_t row : rows) {
      // Against one baseline only the best can win; who ties with it shares.
      if (losses[row] == 0 && (wins[row] > 0 || !contest.all_pairs))
        summary.rows[row].badges.push_back(badge);
    }
  }
}

void adjust(const std::vector<Difference*>& differences) {
  std::vector<double> p;
  for (const Difference* difference : differences) p.push_back(difference->p);
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i]->p_adjusted = adjusted[i];
    differences[i]->comparisons = differences.size();
    differences[i]->shown = adjusted[i] < kLevel && !differences[i]->open;
  }
}

}  // namespace

void add_differences(Summary& summary, const std::vector<Totals>& totals, const CaseTable& cases,
                     const std::vector<const CorpusData*>& corpora, const std::vector<Pair>& only) {
  const Contest accurate = contest_of(summary, has_accuracy);
  const Contest speedy = contest_of(summary, has_speed);
  const Contest scored = contest_of(summary, has_scores);
  const Contest counted = contest_of(summary, has_corpus);
  const CaseOrder order = cases.in_order();
  const auto keep = [&](std::optional<Difference> difference) {
    if (difference) summary.differences.push_back(std::move(*difference));
  };
  const auto is_wanted = [&](const Pair& rows) {
    const Pair models{summary.rows[rows.first].model, summary.rows[rows.second].model};
    return only.empty() || std::find(only.begin(), only.end(), models) != only.end();
  };
  for (const Pair& pair :
       pairs_of(accurate, [&](std::uint32_t row) { return *summary.rows[row].accuracy; })) {
    if (is_wanted(pair))
      keep(compare_accuracy(summary, pair, totals[pair.first], totals[pair.second], cases, order));
  }
  for (const Pair& pair : pairs_of(scored, [&](std::uint32_t row) { return *summary.rows[row].score; })) {
    if (is_wanted(pair))
      keep(compare_scores(summary, pair, totals[pair.first], totals[pair.second], cases, order));
  }
  for (const Pair& pair : pairs_of(speedy, [&](std::uint32_t row) { return speed_of(summary.rows[row]); })) {
    if (is_wanted(pair)) keep(compare_speed(pair, totals[pair.first], totals[pair.second], order));
  }
  for (const Pair& pair :
       pairs_of(counted, [&](std::uint32_t row) { return corpus_of(summary.rows[row]); })) {
    if (!is_wanted(pair)) continue;
    for (Difference& difference : CorpusData::compare(*corpora[pair.first], *corpora[pair.second], cases)) {
      difference.better = difference.better == 0 ? pair.first : pair.second;
      difference.worse = difference.worse == 0 ? pair.first : pair.second;
      keep(std::move(difference));
    }
  }
  Summary* const one = &summary;
  adjust_together({&one, 1});
  if (!only.empty()) return;
  give_badges(summary, "accuracy", "most accurate", accurate);
  give_badges(summary, "decode_tps", "fastest", speedy);
}

void adjust_together(std::span<Summary* const> summaries) {
  std::vector<Difference*> all;
  for (Summary* summary : summaries)
    for (Difference& difference : summary->differences) all.push_back(&difference);
  adjust(all);
  for (Summary* summary : summaries) {
    for (Difference& difference : summary->differences) say(*summary, difference);
  }
}

}  // namespace assay::stats
