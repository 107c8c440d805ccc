#include "stats/differences.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/words.h"

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

/// The cases that both rows graded: per case the difference of the means, first minus second.
struct GradedPairs {
  std::vector<std::uint32_t> cases;
  std::vector<double> differences;
  std::vector<std::uint32_t> cluster;
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
    pairs.cluster.push_back(cases.cluster(id));
    pairs.first += of_a;
    pairs.second += of_b;
    pairs.single = pairs.single && x.graded == 1 && y.graded == 1;
  }
  if (!pairs.cases.empty()) {
    pairs.first /= static_cast<double>(pairs.cases.size());
    pairs.second /= static_cast<double>(pairs.cases.size());
  }
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

std::optional<Difference> compare_accuracy(const Summary& summary, Pair rows, const Totals& a,
                                           const Totals& b, const CaseTable& cases, const CaseOrder& order) {
  const GradedPairs pairs = graded_pairs(a, b, cases, order);
  if (pairs.cases.size() < kFewestForComparison) return std::nullopt;
  const double sign = pairs.first >= pairs.second ? 1 : -1;
  Difference difference;
  difference.metric = "accuracy";
  difference.better = sign > 0 ? rows.first : rows.second;
  difference.worse = sign > 0 ? rows.second : rows.first;
  difference.n = pairs.cases.size();
  difference.left_out = pairs.left_out;
  difference.estimate = std::abs(pairs.first - pairs.second);
  const bool mcnemar = pairs.single && !cases.clustered();
  const PairedDifference paired = *paired_t(
      pairs.differences, cases.clustered() ? std::span(pairs.cluster) : std::span<const std::uint32_t>());
  if (const auto& ci95 = paired.difference.ci95) {
    difference.ci95 = sign > 0 ? *ci95 : Interval{.low = -ci95->high, .high = -ci95->low};
  }
  // Even when all discordant cases go one way, six of them are needed.
  constexpr double kFewestDiscordant = 6;
  const double least = mcnemar ? kFewestDiscordant / static_cast<double>(difference.n) : 0;
  if (paired.difference.se) difference.smallest = std::max(least, kPowerZ * *paired.difference.se);
  difference.p = paired.p;
  difference.method = cases.clustered() ? "paired t, clustered" : "paired t over case means";
  if (mcnemar) {
    list_discordant(difference, pairs, cases, sign);
    difference.p = mcnemar_exact(difference.better_only, difference.worse_only);
    difference.method = "McNemar exact";
  }
  difference.open = order_is_open(summary.rows[difference.better], summary.rows[difference.worse]);
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
  difference.method = "paired bootstrap of the ratio of medians over cases";
  return difference;
}

std::string where(const SummaryRow& row) {
  return row.cell_label.empty() ? "" : " at " + row.cell_label;
}

std::string left_out_text(const Difference& difference) {
  if (difference.left_out == 0) return "";
  return fmt::format("; {} left out, measured for one of them only",
                     counted(difference.left_out, "case", "cases"));
}

std::string accuracy_text(const Summary& summary, const Difference& difference) {
  const SummaryRow& better = summary.rows[difference.better];
  const SummaryRow& worse = summary.rows[difference.worse];
  const std::string range = difference.ci95 ? " (" + points_range(*difference.ci95) + ")" : "";
  if (difference.shown) {
    return fmt::format("{} is more accurate than {}{}: {} against {}, {}{}, {}{}", better.model_label,
                       worse.model_label, where(better), percent(*better.accuracy), percent(*worse.accuracy),
                       points(difference.estimate), range, p_text(difference.p_adjusted),
                       left_out_text(difference));
  }
  const std::string both = fmt::format("{} and {}{}", better.model_label, worse.model_label, where(better));
  if (difference.open) {
    return fmt::format("no winner in accuracy between {}: what was not graded could turn the order round",
                       both);
  }
  std::string text = fmt::format("no difference in accuracy shown between {}: {}{}", both,
                                 points(difference.estimate), range);
  if (difference.smallest)
    text += fmt::format("; {} would have been found", points(*difference.smallest).substr(1));
  return text + left_out_text(difference);
}

std::string speed_text(const Summary& summary, const Difference& difference) {
  const SummaryRow& better = summary.rows[difference.better];
  const SummaryRow& worse = summary.rows[difference.worse];
  const Interval ratio{.low = difference.ci95->low + 1, .high = difference.ci95->high + 1};
  if (difference.shown) {
    const std::string faster = faster_text(difference.estimate + 1, ratio);
    // "is faster by 12 % than b", "is 3.3 times as fast (3.2…3.5) as b"
    const bool times = faster.find("times") != std::string::npos;
    return fmt::format("{} decodes {}{}{}, {}{}", better.model_label, faster,
                       (times ? " as " : " than ") + worse.model_label, where(better),
                       p_text(difference.p_adjusted), left_out_text(difference));
  }
  std::string text = fmt::format("no difference in decode speed shown between {} and {}{} ({})",
                                 better.model_label, worse.model_label, where(better), change_range(ratio));
  if (difference.smallest)
    text +=
        fmt::format("; {} would have been found", percent(*difference.smallest, *difference.smallest < 0.02));
  return text + left_out_text(difference);
}

bool has_accuracy(const SummaryRow& row) {
  return row.accuracy.has_value();
}
bool has_speed(const SummaryRow& row) {
  const auto metric = row.metrics.find("decode_tps");
  return metric != row.metrics.end() && metric->second.headline;
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
                     const std::vector<Pair>& only) {
  const Contest accurate = contest_of(summary, has_accuracy);
  const Contest speedy = contest_of(summary, has_speed);
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
  for (const Pair& pair : pairs_of(speedy, [&](std::uint32_t row) { return speed_of(summary.rows[row]); })) {
    if (is_wanted(pair)) keep(compare_speed(pair, totals[pair.first], totals[pair.second], order));
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
    for (Difference& difference : summary->differences)
      difference.text = difference.metric == "accuracy" ? accuracy_text(*summary, difference)
                                                        : speed_text(*summary, difference);
  }
}

}  // namespace assay::stats
