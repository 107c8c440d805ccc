#include "cli/power.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "stats/power.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

constexpr std::array kDifferences{0.03, 0.05, 0.10};
constexpr std::array kCorrelations{0.0, 0.5, 0.8};
constexpr std::array<std::uint64_t, 4> kCases{50, 200, 500, 1000};
constexpr std::array<std::uint64_t, 4> kRepeats{1, 2, 4, 8};
/// The standard deviation of a result of 0 or 1 that is right half of the time; no other has a greater one.
constexpr double kMostSigma = 0.5;

Error out_of_range(const std::string& found, const std::string& expected) {
  return {.code = Code::bad_input, .where = {}, .found = found, .expected = expected, .remedy = {}};
}

std::optional<Error> trouble(const PowerAsked& asked) {
  if (asked.cases && *asked.cases == 0) return out_of_range("--cases 0", "at least 1");
  if (asked.difference && !(*asked.difference > 0 && *asked.difference <= 1))
    return out_of_range(fmt::format("--detect {}", *asked.difference * 100), "points above 0, at most 100");
  if (asked.correlation && !(*asked.correlation >= -1 && *asked.correlation < 1))
    return out_of_range(fmt::format("--correlation {}", *asked.correlation), "from -1 to below 1");
  if (asked.discordant && !(*asked.discordant > 0 && *asked.discordant <= 1))
    return out_of_range(fmt::format("--discordant {}", *asked.discordant * 100),
                        "percent above 0, at most 100");
  if (asked.discordant && asked.difference && *asked.difference > *asked.discordant)
    return out_of_range(fmt::format("a difference of {:g} points with {:g} % of the cases discordant",
                                    *asked.difference * 100, *asked.discordant * 100),
                        "a difference not above the share that makes it");
  return std::nullopt;
}

std::vector<double> differences_of(const PowerAsked& asked) {
  if (asked.difference) return {*asked.difference};
  return {kDifferences.begin(), kDifferences.end()};
}

std::vector<std::uint64_t> cases_of(const PowerAsked& asked) {
  if (asked.cases) return {*asked.cases};
  return {kCases.begin(), kCases.end()};
}

PowerLine by_correlation(double rho, const PowerAsked& asked) {
  PowerLine line;
  line.basis = fmt::format("results correlated with {:g}", rho);
  line.variance = stats::variance_of_difference(kMostSigma, kMostSigma, rho);
  for (const double e : differences_of(asked))
    line.to_find.push_back({e, stats::cases_to_find(*line.variance, e)});
  for (const std::uint64_t n : cases_of(asked))
    line.smallest.push_back({n, stats::smallest_to_find(*line.variance, n)});
  return line;
}

PowerLine by_discordant(double share, const PowerAsked& asked) {
  PowerLine line;
  line.basis = fmt::format("{:g} % of the cases passed by one of the two only", 100 * share);
  for (const double e : differences_of(asked)) {
    if (e <= share)
      line.to_find.push_back({e, stats::cases_to_find(stats::variance_of_discordant(share, e), e)});
  }
  for (const std::uint64_t n : cases_of(asked))
    line.smallest.push_back({n, stats::smallest_of_discordant(share, n)});
  return line;
}

/// What was asked, and the difference that was seen.
std::vector<double> differences_of(const PowerAsked& asked, const stats::Difference& difference) {
  std::vector<double> wanted = differences_of(asked);
  if (!asked.difference && difference.estimate > 0) wanted.push_back(difference.estimate);
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

PowerLine of_pair(const stats::Summary& summary, const stats::Difference& difference,
                  const PowerAsked& asked) {
  const auto name = [&](std::uint32_t row) {
    const stats::SummaryRow& of = summary.rows[row];
    return of.cell_label.empty() ? of.model_label : of.model_label + " at " + of.cell_label;
  };
  PowerLine line;
  line.basis = fmt::format("{}{} and {}, {}", difference.metric == "score" ? "mean score of " : "",
                           name(difference.better), name(difference.worse),
                           stats::counted(difference.n, "case in pairs", "cases in pairs"));
  if (difference.correlation)
    line.basis += fmt::format(", results correlated with {}", stats::fixed(*difference.correlation, 2));
  line.pairs = difference.n;
  // Where no case differs the variance is 0 by luck: nothing is foretold from it.
  if (!difference.se || *difference.se == 0) return line;
  const auto n = static_cast<double>(difference.n);
  line.variance = n * *difference.se * *difference.se;
  for (const double e : differences_of(asked, difference))
    line.to_find.push_back({e, stats::cases_to_find(*line.variance, e)});
  if (difference.smallest) line.smallest.push_back({difference.n, *difference.smallest});
  if (asked.cases)
    line.smallest.push_back({*asked.cases, stats::smallest_to_find(*line.variance, *asked.cases)});
  if (!difference.variance) return line;
  for (const std::uint64_t k : kRepeats)
    line.repeats.push_back({k, stats::error_of_mean(difference.variance->between, difference.variance->within,
                                                    difference.n, k)});
  return line;
}

std::string points(double difference) {
  return stats::points(difference).substr(1);
}

std::string sentence(const PowerLine& line) {
  std::string text = " " + line.basis + ":\n";
  if (!line.variance && line.to_find.empty() && line.smallest.empty())
    return text + "   no case differs, so nothing is known of how much cases differ\n";
  std::vector<std::string> parts;
  for (const PowerLine::Cases& one : line.to_find)
    parts.push_back(
        fmt::format("{} take {}", points(one.difference), stats::counted(one.cases, "case", "cases")));
  if (!parts.empty())
    text += fmt::format("   to find a difference four times in five: {}\n", join(parts, ", "));
  parts.clear();
  for (const PowerLine::Smallest& one : line.smallest)
    parts.push_back(
        fmt::format("{} find {}", stats::counted(one.cases, "case", "cases"), points(one.difference)));
  if (!parts.empty())
    text += fmt::format("   smallest difference found four times in five: {}\n", join(parts, ", "));
  parts.clear();
  for (const PowerLine::Repeats& one : line.repeats)
    parts.push_back(
        fmt::format("{} with {}", points(one.se), stats::counted(one.repeats, "repeat", "repeats")));
  if (!parts.empty())
    text += fmt::format("   cases or repeats: standard error {}; twice the cases divide it by 1.41\n",
                        join(parts, ", "));
  return text;
}

}  // namespace

Result<std::vector<PowerLine>> power_from_assumptions(const PowerAsked& asked) {
  if (auto error = trouble(asked)) return fail(std::move(*error));
  if (asked.discordant) return std::vector{by_discordant(*asked.discordant, asked)};
  if (asked.correlation) return std::vector{by_correlation(*asked.correlation, asked)};
  std::vector<PowerLine> lines;
  for (const double rho : kCorrelations) lines.push_back(by_correlation(rho, asked));
  return lines;
}

std::vector<PowerLine> power_from_data(const stats::Summary& summary, const PowerAsked& asked) {
  std::vector<PowerLine> lines;
  for (const stats::Difference& difference : summary.differences)
    if (difference.metric == "accuracy" || difference.metric == "score")
      lines.push_back(of_pair(summary, difference, asked));
  return lines;
}

std::string power_text(const std::vector<PowerLine>& lines) {
  if (lines.empty()) return " nothing is foretold: no accuracies were compared\n";
  std::string text;
  for (const PowerLine& line : lines) text += sentence(line);
  return text;
}

OrderedJson power_json(const std::vector<PowerLine>& lines) {
  OrderedJson list = OrderedJson::array();
  for (const PowerLine& line : lines) {
    OrderedJson json{{"basis", line.basis},
                     {"n", line.pairs ? OrderedJson(*line.pairs) : OrderedJson(nullptr)},
                     {"variance", line.variance ? OrderedJson(*line.variance) : OrderedJson(nullptr)},
                     {"to_find", OrderedJson::array()},
                     {"smallest", OrderedJson::array()},
                     {"repeats", OrderedJson::array()}};
    for (const auto& one : line.to_find)
      json["to_find"].push_back({{"difference", one.difference}, {"cases", one.cases}});
    for (const auto& one : line.smallest)
      json["smallest"].push_back({{"cases", one.cases}, {"difference", one.difference}});
    for (const auto& one : line.repeats)
      json["repeats"].push_back({{"repeats", one.repeats}, {"se", one.se}});
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace assay::cli
