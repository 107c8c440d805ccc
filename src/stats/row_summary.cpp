#include "stats/row_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "stats/quantile.h"

namespace assay::stats {
namespace {

constexpr double kBytesPerMib = 1024.0 * 1024.0;
constexpr double kNanosPerMs = 1e6;
constexpr std::size_t kFewestForP99 = 100;

/// The row's samples by case id and repeat.
std::vector<std::uint32_t> sample_order(const RowData& data, const CaseTable& cases) {
  std::vector<std::uint32_t> rank(cases.size());
  const std::vector<std::uint32_t> by_id = cases.in_order();
  for (std::uint32_t place = 0; place < by_id.size(); ++place) rank[by_id[place]] = place;
  std::vector<std::uint32_t> order(data.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::uint32_t ra = rank[data.cases[a]];
    const std::uint32_t rb = rank[data.cases[b]];
    return ra != rb                             ? ra < rb
           : data.repeats[a] != data.repeats[b] ? data.repeats[a] < data.repeats[b]
                                                : a < b;
  });
  return order;
}

/// Values with the cluster of each.
struct Clustered {
  std::vector<double> values;
  std::vector<std::uint32_t> cluster;
};

Clustered collected(const std::vector<double>& column, const RowData& data, const CaseTable& cases,
                    const std::vector<std::uint32_t>& order) {
  Clustered result;
  for (const std::uint32_t i : order) {
    if (std::isnan(column[i])) continue;
    result.values.push_back(column[i]);
    result.cluster.push_back(cases.cluster(data.cases[i]));
  }
  return result;
}

bool all_distinct(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) == ids.end();
}

void sort_by_value(Clustered& data) {
  std::vector<std::size_t> order(data.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return data.values[a] < data.values[b]; });
  Clustered sorted;
  sorted.values.reserve(order.size());
  sorted.cluster.reserve(order.size());
  for (const std::size_t i : order) {
    sorted.values.push_back(data.values[i]);
    sorted.cluster.push_back(data.cluster[i]);
  }
  data = std::move(sorted);
}

/// n, mean, spread and quantiles; the headline is left to the caller.
MetricSummary described(const std::vector<double>& sorted) {
  MetricSummary metric;
  metric.n = metric.values = sorted.size();
  if (sorted.empty()) return metric;
  metric.mean = mean(sorted);
  metric.sd = standard_deviation(sorted);
  metric.min = sorted.front();
  metric.max = sorted.back();
  metric.median = quantile_of_sorted(sorted, 0.5);
  metric.p5 = quantile_of_sorted(sorted, 0.05);
  metric.p95 = quantile_of_sorted(sorted, 0.95);
  if (sorted.size() >= kFewestForP99) metric.p99 = quantile_of_sorted(sorted, 0.99);
  return metric;
}

MetricSummary median_metric(Clustered data) {
  sort_by_value(data);
  MetricSummary metric = described(data.values);
  metric.headline = metric.median;
  if (all_distinct(data.cluster)) {
    metric.ci95 = bootstrap_median(data.values);
    metric.method = "median; bootstrap over cases";
  } else {
    metric.ci95 = clustered_median_interval(data.values, data.cluster);
    metric.method = "median; Woodruff, clustered by case";
  }
  return metric;
}

/// Sums of each cluster, in the order of the first sample of each.
std::vector<RatioTerm> cluster_terms(const std::vector<RatioTerm>& terms, const RowData& data,
                                     const CaseTable& cases, const std::vector<std::uint32_t>& order) {
  std::vector<RatioTerm> used;
  std::vector<std::uint32_t> cluster;
  for (const std::uint32_t i : order) {
    if (terms[i].denominator <= 0) continue;
    used.push_back(terms[i]);
    cluster.push_back(cases.cluster(data.cases[i]));
  }
  return joined(used, cluster);
}

MetricSummary pooled_metric(Clustered data, const std::vector<RatioTerm>& terms) {
  std::sort(data.values.begin(), data.values.end());
  MetricSummary metric = described(data.values);
  RatioTerm whole;
  for (const RatioTerm& term : terms) {
    whole.numerator += term.numerator;
    whole.denominator += term.denominator;
  }
  if (whole.denominator > 0) metric.headline = whole.numerator / whole.denominator;
  metric.ci95 = bootstrap_ratio(terms);
  metric.method = "pooled; bootstrap over cases";
  return metric;
}

MetricSummary gap_metric(const RowData& data) {
  const Spread& gaps = data.gaps_ms;
  MetricSummary metric;
  metric.n = data.gap_samples;
  metric.unfit = data.gap_unfit;
  metric.values = gaps.count();
  metric.mean = gaps.mean();
  metric.min = gaps.min();
  metric.max = gaps.max();
  metric.headline = metric.median = gaps.quantile(0.5);
  metric.p5 = gaps.quantile(0.05);
  metric.p95 = gaps.quantile(0.95);
  if (gaps.count() >= kFewestForP99) metric.p99 = gaps.quantile(0.99);
  metric.method = gaps.exact() ? "pooled gaps" : "pooled gaps; quantiles within 0.2 %";
  return metric;
}

MetricSummary single_value(double value, std::uint64_t n, std::string method) {
  MetricSummary metric;
  metric.headline = value;
  metric.n = metric.values = n;
  metric.method = std::move(method);
  return metric;
}

/// decode_tps × bytes of weights that a token reads ÷ the machine's measured bandwidth. Requests in flight
/// share the reading, so a run of several streams has none.
void add_roofline(SummaryRow& row, const record::Run& run, const record::ModelRecord& model) {
  const auto decode = row.metrics.find("decode_tps");
  if (decode == row.metrics.end() || !decode->second.headline || !run.machine.bandwidth) return;
  if (run.load.parallel != 1 || run.load.rate_per_s) return;
  if (!model.facts.is_object() || !model.facts.contains("bytes_per_token")) return;
  const Json& bytes = model.facts["bytes_per_token"];
  if (!bytes.is_number()) return;
  row.metrics["roofline_pct"] =
      single_value(*decode->second.headline * bytes.get<double>() / run.machine.bandwidth->read * 100,
                   decode->second.n, "decode_tps × bytes per token ÷ bandwidth");
}

/// What the row's answers cost together; `mean` is one answer's.
void add_cost(SummaryRow& row, const RowData& data) {
  if (!data.cost_usd) return;
  MetricSummary metric = single_value(*data.cost_usd, data.charged_samples, "sum over samples");
  metric.mean = *data.cost_usd / static_cast<double>(data.charged_samples);
  row.metrics["cost_usd"] = std::move(metric);
}

void add_model_metrics(SummaryRow& row, const record::Run& run, const record::ModelRecord& model,
                       const RowData& data) {
  if (!model.load_times.empty()) {
    std::vector<double> loads;
    for (const Nanos time : model.load_times)
      loads.push_back(static_cast<double>(time.count()) / kNanosPerMs);
    std::sort(loads.begin(), loads.end());
    MetricSummary metric = described(loads);
    metric.headline = metric.median;
    metric.method = "median of the loads";
    row.metrics["load_ms"] = metric;
  }
  if (model.load_memory_bytes) {
    row.metrics["load_memory_mib"] =
        single_value(static_cast<double>(*model.load_memory_bytes) / kBytesPerMib, 1, "after the load");
  }
  // The model's own figure covers all its cells; a row of several must not show the peak of another.
  std::optional<std::uint64_t> peak = data.peak_memory_bytes;
  if (model.peak_memory_bytes && (!peak || run.cells.size() <= 1))
    peak = std::max(peak.value_or(0), *model.peak_memory_bytes);
  if (peak) {
    row.metrics["peak_memory_mib"] =
        single_value(static_cast<double>(*peak) / kBytesPerMib,
                     std::max<std::uint64_t>(1, data.memory_readings), "greatest reading since the load");
  }
}

void count_marks(SummaryRow& row, const RowData& data) {
  for (const record::Mark mark : data.marks) {
    switch (mark) {
      case record::Mark::pass: ++row.passed; break;
      case record::Mark::fail: ++row.failed; break;
      case record::Mark::error: ++row.errors; break;
      case record::Mark::incomplete: ++row.incomplete; break;
      case record::Mark::ungraded: ++row.ungraded; break;
    }
  }
}

/// What the plan has for this row, and what of it does not exist.
void count_planned(SummaryRow& row, const record::Run& run, const RowData& data) {
  const std::uint64_t repeats = static_cast<std::uint64_t>(std::max(1, run.repeats));
  const std::uint64_t planned = planned_per_row(run);
  const std::set<std::uint32_t> seen(data.cases.begin(), data.cases.end());
  row.repeats = repeats;
  row.cases = std::max<std::uint64_t>(planned / repeats, seen.size());
  const std::uint64_t wanted = row.cases * repeats;
  row.missing = wanted > data.size() ? wanted - data.size() : 0;
}

void add_coverage(SummaryRow& row) {
  const auto graded = static_cast<double>(row.passed + row.failed);
  const auto rest = static_cast<double>(row.errors + row.incomplete + row.ungraded + row.missing);
  const double planned = graded + rest;
  if (planned == 0) return;
  row.coverage = graded / planned;
  row.low = static_cast<double>(row.passed) / planned;
  row.high = (static_cast<double>(row.passed) + rest) / planned;
}

void add_accuracy(SummaryRow& row, const RowData& data, const CaseTable& cases,
                  const std::vector<std::uint32_t>& order) {
  Clustered passed;
  for (const std::uint32_t i : order) {
    if (data.marks[i] != record::Mark::pass && data.marks[i] != record::Mark::fail) continue;
    passed.values.push_back(data.marks[i] == record::Mark::pass ? 1.0 : 0.0);
    passed.cluster.push_back(cases.cluster(data.cases[i]));
  }
  const auto rate = rate_interval(passed.values, passed.cluster);
  if (!rate) return;
  row.accuracy = static_cast<double>(row.passed) / static_cast<double>(row.passed + row.failed);
  row.accuracy_ci95 = rate->ci95;
  row.accuracy_method = rate->method;
  if (rate->ci95) row.accuracy_se = clustered_mean_interval(passed.values, passed.cluster)->se;
}

std::optional<MeanEstimate> weighted_mean(const std::vector<RatioTerm>& terms,
                                          const std::vector<std::uint32_t>& cluster) {
  std::optional<MeanEstimate> estimate = ratio_interval(joined(terms, cluster));
  if (!estimate) return std::nullopt;
  estimate->n = terms.size();
  if (estimate->ci95) estimate->ci95 = within_bounds(*estimate);
  return estimate;
}

/// Mean scores, weighted by case: of the verdicts, and of checks that have names.
void add_scores(SummaryRow& row, const RowData& data, const CaseTable& cases,
                const std::vector<std::uint32_t>& order) {
  std::vector<RatioTerm> terms;
  std::vector<std::uint32_t> cluster;
  for (const std::uint32_t i : order) {
    if (std::isnan(data.scores[i]) || data.weights[i] <= 0) continue;
    row.partial_scores = row.partial_scores || (data.scores[i] > 0 && data.scores[i] < 1);
    terms.push_back({.numerator = data.weights[i] * data.scores[i], .denominator = data.weights[i]});
    cluster.push_back(cases.cluster(data.cases[i]));
  }
  if (const auto mean = weighted_mean(terms, cluster)) {
    row.score = mean->mean;
    row.score_se = mean->se;
    row.score_ci95 = mean->ci95;
  }
  const std::vector<std::uint32_t> by_id = cases.in_order();
  for (const auto& [name, sums] : data.named) {
    terms.clear();
    cluster.clear();
    for (const std::uint32_t id : by_id) {
      if (id >= sums.size() || sums[id].denominator <= 0) continue;
      terms.push_back(sums[id]);
      cluster.push_back(cases.cluster(id));
    }
    if (const auto mean = weighted_mean(terms, cluster)) {
      row.named_scores[name] = mean->mean;
      row.named_estimates[name] = *mean;
    }
  }
}

void add_columns(SummaryRow& row, const RowData& data, const CaseTable& cases,
                 const std::vector<std::uint32_t>& order) {
  const auto metrics = sample_metrics();
  for (std::size_t c = 0; c < metrics.size(); ++c) {
    const Column& column = data.columns[c];
    Clustered values = collected(column.values, data, cases, order);
    if (values.values.empty() && column.unfit == 0) continue;
    const bool pooled = metrics[c]->headline == record::Headline::pooled;
    MetricSummary metric =
        pooled ? pooled_metric(std::move(values), cluster_terms(column.terms, data, cases, order))
               : median_metric(std::move(values));
    metric.unfit = column.unfit;
    row.metrics.emplace(metrics[c]->name, std::move(metric));
  }
  if (data.gap_samples + data.gap_unfit > 0) row.metrics["itl_ms"] = gap_metric(data);
}

}  // namespace

std::uint64_t planned_per_row(const record::Run& run) {
  const std::uint64_t rows = run.models.size() * std::max<std::size_t>(1, run.cells.size());
  return rows == 0 ? 0 : run.planned / rows;
}

std::vector<CaseTotals> case_totals(const RowData& data, const CaseTable& cases) {
  std::vector<CaseTotals> totals(cases.size());
  for (const std::uint32_t i : sample_order(data, cases)) {
    CaseTotals& total = totals[data.cases[i]];
    ++total.samples;
    total.passed += data.marks[i] == record::Mark::pass ? 1 : 0;
    total.graded += data.marks[i] == record::Mark::pass || data.marks[i] == record::Mark::fail ? 1 : 0;
    if (!std::isnan(data.scores[i])) {
      total.scores += data.scores[i];
      ++total.scored;
    }
    const RatioTerm& decode = data.columns[decode_column()].terms[i];
    total.decode.numerator += decode.numerator;
    total.decode.denominator += decode.denominator;
  }
  return totals;
}

namespace {

std::optional<BatchAnswers> batch_answers_of(const record::ModelRecord& model, std::uint32_t cell) {
  for (const record::BatchCheck& check : model.batch_checks) {
    if (check.cell != cell || check.compared < check.differing.size() || check.compared == 0) continue;
    return BatchAnswers{.n = check.compared,
                        .differ = check.differing.size(),
                        .ci95 = wilson(check.differing.size(), check.compared),
                        .cases = check.differing};
  }
  return std::nullopt;
}

/// That of the load which the cell ran in.
std::optional<record::BatchSpeed> batch_speed_of(const record::Run& run, std::uint32_t model,
                                                 std::uint32_t cell) {
  const record::Params swept = cell < run.cells.size()
                                   ? record::with_scope(run.cells[cell].params, record::ParamScope::load)
                                   : record::Params{};
  for (const record::BatchSpeed& speed : run.models[model].batch_speeds) {
    const bool is_its = std::all_of(swept.begin(), swept.end(), [&](const auto& param) {
      const auto at = speed.load_params.find(param.first);
      return at != speed.load_params.end() && at->second == param.second;
    });
    if (is_its) return speed;
  }
  return std::nullopt;
}

}  // namespace

SummaryRow summarise_row(const record::Run& run, std::uint32_t model, std::uint32_t cell, const RowData& data,
                         const CaseTable& cases) {
  const record::ModelRecord& contestant = run.models[model];
  SummaryRow row;
  row.model = model;
  row.cell = cell;
  row.model_label = contestant.spec.label;
  row.cell_label = cell < run.cells.size() ? run.cells[cell].label : std::string();
  row.params = contestant.parameters;
  const std::vector<std::uint32_t> order = sample_order(data, cases);
  count_marks(row, data);
  count_planned(row, run, data);
  add_coverage(row);
  add_accuracy(row, data, cases, order);
  add_scores(row, data, cases, order);
  add_columns(row, data, cases, order);
  add_model_metrics(row, run, contestant, data);
  add_roofline(row, run, contestant);
  add_cost(row, data);
  row.reasons = data.reasons;
  row.flags = data.flags;
  row.batch_answers = batch_answers_of(contestant, cell);
  row.batch_speed = batch_speed_of(run, model, cell);
  row.corpus = data.corpus.figures(cases);
  return row;
}

}  // namespace assay::stats
