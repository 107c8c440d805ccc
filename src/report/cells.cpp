#include "report/cells.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "report/layout.h"
#include "stats/words.h"

namespace assay::report {
namespace {

using stats::Summary;
using stats::SummaryRow;

const std::string kAbsent = "–";
/// No label is worth more than this; the layout cuts further when it must.
constexpr std::size_t kLongestLabel = 48;
constexpr std::size_t kHostileLabel = 1'000;

const stats::MetricSummary* metric_of(const SummaryRow& row, const std::string& name) {
  const auto found = row.metrics.find(name);
  return found == row.metrics.end() || !found->second.headline ? nullptr : &found->second;
}

/// "0.9 M", "4.2 M", "7.2 B".
std::string params_text(const SummaryRow& row) {
  if (!row.params) return kAbsent;
  const auto count = static_cast<double>(*row.params);
  const auto scaled = [](double value, std::string_view unit) {
    return fmt::format("{} {}", stats::fixed(value, value < 99.95 ? 1 : 0), unit);
  };
  if (count >= 999.5e6) return scaled(count / 1e9, "B");
  if (count >= 99'950) return scaled(count / 1e6, "M");
  return scaled(count / 1e3, "K");
}

std::string label_text(const std::string& label) {
  return elided(printable(label, kHostileLabel), kLongestLabel);
}

/// A value and what stands after it.
struct Shown {
  std::string value;
  std::string spread;
};

Shown accuracy_text(const SummaryRow& row) {
  if (!row.accuracy) return {kAbsent, ""};
  if (!row.accuracy_ci95)
    return {stats::percent(*row.accuracy), fmt::format("n={}", row.passed + row.failed)};
  const std::string both = stats::percent_with(*row.accuracy, row.accuracy_ci95);
  const std::size_t bracket = both.find(" (");
  return {both.substr(0, bracket), both.substr(bracket + 1)};
}

/// "7144", "±70": the wider side of the interval to two digits, the value to the same place.
Shown rate_text(const SummaryRow& row, const std::string& name) {
  const stats::MetricSummary* metric = metric_of(row, name);
  if (metric == nullptr) return {kAbsent, ""};
  const double value = *metric->headline;
  if (!metric->ci95) return {stats::rounded(value), fmt::format("n={}", metric->n)};
  const double half = std::max(metric->ci95->high - value, value - metric->ci95->low);
  if (half < value * 1e-6) return {stats::rounded(value, 4), ""};
  const std::string error = stats::rounded(half, 2);
  const std::size_t point = error.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(error.size() - point - 1);
  return {stats::fixed(value, decimals), "±" + error};
}

std::string value_text(const SummaryRow& row, const std::string& name) {
  const stats::MetricSummary* metric = metric_of(row, name);
  return metric == nullptr ? kAbsent : stats::rounded(*metric->headline);
}

bool has_badge(const SummaryRow& row, std::string_view badge) {
  return std::find(row.badges.begin(), row.badges.end(), badge) != row.badges.end();
}

template <class Text>
TextColumn column(const Summary& summary, std::string id, std::string name, std::string unit, Align align,
                  Text text) {
  TextColumn made{.id = std::move(id),
                  .name = std::move(name),
                  .unit = std::move(unit),
                  .align = align,
                  .cells = {},
                  .spread = {},
                  .best = {}};
  for (const SummaryRow& row : summary.rows) {
    Shown shown = text(row);
    made.cells.push_back(std::move(shown.value));
    made.spread.push_back(std::move(shown.spread));
    made.best.push_back(false);
  }
  return made;
}

}  // namespace

std::vector<TextColumn> text_columns(const Summary& summary) {
  const auto metric = [](const std::string& name) {
    return [name](const SummaryRow& row) { return Shown{value_text(row, name), ""}; };
  };
  const bool cells = std::any_of(summary.rows.begin(), summary.rows.end(),
                                 [](const SummaryRow& row) { return row.cell > 0; });
  const bool partly = std::any_of(summary.rows.begin(), summary.rows.end(),
                                  [](const SummaryRow& row) { return row.coverage.value_or(1) < 1; });
  std::vector<TextColumn> columns;
  columns.push_back(column(summary, "model", "model", "", Align::left, [](const SummaryRow& row) {
    return Shown{label_text(row.model_label), ""};
  }));
  if (cells) {
    columns.push_back(column(summary, "cell", "cell", "", Align::left, [](const SummaryRow& row) {
      return Shown{label_text(row.cell_label), ""};
    }));
  }
  columns.push_back(column(summary, "params", "params", "", Align::right, [](const SummaryRow& row) {
    return Shown{params_text(row), ""};
  }));
  columns.push_back(column(summary, "accuracy", "accuracy", "95 % interval", Align::right, accuracy_text));
  columns.push_back(column(summary, "passed", "passed", "", Align::right, [](const SummaryRow& row) {
    return Shown{fmt::format("{}/{}", row.passed, row.cases * row.repeats), ""};
  }));
  if (partly) {
    columns.push_back(column(summary, "graded", "graded", "", Align::right, [](const SummaryRow& row) {
      return Shown{row.coverage ? stats::percent(*row.coverage) : kAbsent, ""};
    }));
  }
  columns.push_back(column(summary, "decode", "decode", "tok/s", Align::right,
                           [](const SummaryRow& row) { return rate_text(row, "decode_tps"); }));
  columns.push_back(column(summary, "prefill", "prefill", "tok/s", Align::right, metric("prefill_tps")));
  columns.push_back(column(summary, "ttft", "TTFT", "ms", Align::right, metric("ttft_ms")));
  columns.push_back(column(summary, "load", "load", "ms", Align::right, metric("load_ms")));
  columns.push_back(column(summary, "memory", "memory", "MiB", Align::right, metric("peak_memory_mib")));
  const bool roofline = std::any_of(summary.rows.begin(), summary.rows.end(), [](const SummaryRow& row) {
    return row.metrics.contains("roofline_pct");
  });
  if (roofline)
    columns.push_back(column(summary, "roofline", "roofline", "%", Align::right, metric("roofline_pct")));
  const bool charged = std::any_of(summary.rows.begin(), summary.rows.end(),
                                   [](const SummaryRow& row) { return row.metrics.contains("cost_usd"); });
  if (charged) columns.push_back(column(summary, "cost", "cost", "USD", Align::right, metric("cost_usd")));
  for (TextColumn& made : columns) {
    const std::string_view badge = made.id == "accuracy" ? "most accurate"
                                   : made.id == "decode" ? "fastest"
                                                         : "";
    if (badge.empty()) continue;
    for (std::size_t r = 0; r < summary.rows.size(); ++r) made.best[r] = has_badge(summary.rows[r], badge);
  }
  return columns;
}

std::string title_of(const Summary& summary) {
  std::string title = printable(summary.suite_name, 60);
  if (!summary.rows.empty()) {
    title += " · " + stats::counted(summary.rows.front().cases, "case", "cases");
    if (summary.rows.front().repeats > 1) title += fmt::format(" × {} repeats", summary.rows.front().repeats);
  }
  if (summary.started.size() >= 16)
    title += fmt::format(" · {} {} UTC", summary.started.substr(0, 10), summary.started.substr(11, 5));
  title += " · run " + printable(summary.run_id, 40);
  if (summary.state != "finished") title += " · " + summary.state;
  return title;
}

std::string legend_of(const Summary& summary) {
  if (summary.differences.empty()) return {};
  const std::string tested =
      fmt::format("p < 0.05 after Holm's adjustment for {}",
                  stats::counted(summary.differences.front().comparisons, "comparison", "comparisons"));
  const bool stars = std::any_of(summary.rows.begin(), summary.rows.end(),
                                 [](const SummaryRow& row) { return !row.badges.empty(); });
  return stars ? "★ best, and the difference is shown (" + tested + ")"
               : "a difference is shown when " + tested;
}

}  // namespace assay::report
