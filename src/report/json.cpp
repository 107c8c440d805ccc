#include "report/formats.h"

#include "record/metrics.h"
#include "report/json_values.h"
#include "stats/bootstrap.h"
#include "stats/sign_flip.h"

namespace assay::report {
namespace {

template <class Map>
OrderedJson object_of(const Map& map) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : map) object[name] = value;
  return object;
}

/// Everything about one metric beside its headline.
OrderedJson detail(const stats::MetricSummary& metric) {
  return {{"n", metric.n},
          {"unfit", metric.unfit},
          {"values", metric.values},
          {"mean", or_null(metric.mean)},
          {"sd", or_null(metric.sd)},
          {"min", or_null(metric.min)},
          {"p5", or_null(metric.p5)},
          {"median", or_null(metric.median)},
          {"p95", or_null(metric.p95)},
          {"p99", or_null(metric.p99)},
          {"max", or_null(metric.max)},
          {"method", text_or_null(metric.method)}};
}

const stats::MetricSummary& metric_of(const stats::SummaryRow& row, std::string_view name) {
  static const stats::MetricSummary absent;
  const auto found = row.metrics.find(std::string(name));
  return found == row.metrics.end() ? absent : found->second;
}

void add_metrics(OrderedJson& json, const stats::SummaryRow& row) {
  OrderedJson n = OrderedJson::object();
  OrderedJson details = OrderedJson::object();
  n["accuracy"] = row.passed + row.failed;
  for (const record::MetricSpec& spec : record::metric_table()) {
    const std::string name(spec.name);
    const stats::MetricSummary& metric = metric_of(row, name);
    json[name] = or_null(metric.headline);
    json[name + "_ci95"] = interval_or_null(metric.ci95);
    if (name == "itl_ms") {
      json["itl_ms_p50"] = or_null(metric.median);
      json["itl_ms_p95"] = or_null(metric.p95);
      json["itl_ms_p99"] = or_null(metric.p99);
      json["itl_ms_max"] = or_null(metric.max);
    }
    n[name] = metric.n;
    if (metric.n + metric.unfit > 0) details[name] = detail(metric);
  }
  if (const auto roofline = row.metrics.find("roofline_pct"); roofline != row.metrics.end()) {
    json["roofline_pct"] = or_null(roofline->second.headline);
    n["roofline_pct"] = roofline->second.n;
  }
  const stats::MetricSummary& cost = metric_of(row, "cost_usd");
  json["cost_usd"] = or_null(cost.headline);
  n["cost_usd"] = cost.n;
  json["n"] = std::move(n);
  json["detail"] = std::move(details);
}

OrderedJson estimate_json(const stats::MeanEstimate& estimate) {
  return {{"mean", estimate.mean},
          {"se", or_null(estimate.se)},
          {"ci95", interval_or_null(estimate.ci95)},
          {"cases", estimate.n}};
}

OrderedJson repeated_json(const std::optional<stats::Repeated>& repeated) {
  if (!repeated) return nullptr;
  OrderedJson any = OrderedJson::object();
  OrderedJson all = OrderedJson::object();
  for (const stats::PassAtK& pass : repeated->pass) {
    any[std::to_string(pass.k)] = estimate_json(pass.at_least_one);
    all[std::to_string(pass.k)] = estimate_json(pass.all);
  }
  return {{"cases", repeated->cases},
          {"pass_at_k", std::move(any)},
          {"pass_hat_k", std::move(all)},
          {"consistency", repeated->consistency},
          {"consistency_se", or_null(repeated->consistency_se)},
          {"majority", repeated->majority},
          {"majority_se", or_null(repeated->majority_se)},
          {"ties", repeated->ties},
          {"inner_variance", repeated->inner_variance},
          {"inner_variance_se", or_null(repeated->inner_variance_se)}};
}

OrderedJson across_json(const std::vector<stats::AcrossFigure>& figures) {
  OrderedJson list = OrderedJson::array();
  for (const stats::AcrossFigure& figure : figures) {
    list.push_back({{"name", figure.name},
                    {"pipeline", text_or_null(figure.pipeline)},
                    {"rule", figure.rule},
                    {"score", figure.score ? estimate_json(*figure.score) : OrderedJson(nullptr)},
                    {"left_out", figure.left_out},
                    {"ties", figure.ties},
                    {"silent", figure.silent}});
  }
  return list;
}

OrderedJson corpus_json(const std::vector<stats::CorpusFigure>& figures) {
  OrderedJson list = OrderedJson::array();
  for (const stats::CorpusFigure& figure : figures) {
    list.push_back({{"name", figure.name},
                    {"kind", figure.kind},
                    {"score", figure.score},
                    {"se", or_null(figure.se)},
                    {"ci95", interval_or_null(figure.ci95)},
                    {"method", text_or_null(figure.method)},
                    {"lower_is_better", figure.lower_is_better},
                    {"samples", figure.samples},
                    {"units", figure.units},
                    {"signature", figure.signature}});
  }
  return list;
}

OrderedJson batch_answers_json(const std::optional<stats::BatchAnswers>& answers) {
  if (!answers) return nullptr;
  return {{"n", answers->n},
          {"differ", answers->differ},
          {"share", static_cast<double>(answers->differ) / static_cast<double>(answers->n)},
          {"ci95", interval_or_null(answers->ci95)},
          {"cases", answers->cases}};
}

OrderedJson batch_speed_json(const std::optional<record::BatchSpeed>& speed) {
  if (!speed) return nullptr;
  OrderedJson measured = OrderedJson::array();
  for (const record::BatchSpeed::Point& point : speed->measured)
    measured.push_back({{"streams", point.streams}, {"tokens_per_s", point.tokens_per_s}});
  return {{"streams", speed->streams}, {"most", speed->most}, {"measured", std::move(measured)}};
}

OrderedJson row_json(const stats::SummaryRow& row) {
  OrderedJson json{{"model", row.model_label},
                   {"params", or_null(row.params)},
                   {"cell", text_or_null(row.cell_label)},
                   {"cases", row.cases},
                   {"repeats", row.repeats},
                   {"passed", row.passed},
                   {"failed", row.failed},
                   {"errors", row.errors},
                   {"incomplete", row.incomplete},
                   {"ungraded", row.ungraded},
                   {"missing", row.missing},
                   {"accuracy", or_null(row.accuracy)},
                   {"accuracy_ci95", interval_or_null(row.accuracy_ci95)},
                   {"accuracy_se", or_null(row.accuracy_se)},
                   {"accuracy_method", text_or_null(row.accuracy_method)},
                   {"coverage", or_null(row.coverage)},
                   {"low", or_null(row.low)},
                   {"high", or_null(row.high)},
                   {"score", or_null(row.score)},
                   {"score_se", or_null(row.score_se)},
                   {"score_ci95", interval_or_null(row.score_ci95)}};
  add_metrics(json, row);
  json["repeated"] = repeated_json(row.repeated);
  json["across"] = across_json(row.across);
  json["corpus"] = corpus_json(row.corpus);
  json["named_scores"] = object_of(row.named_scores);
  json["named_estimates"] = OrderedJson::object();
  for (const auto& [name, estimate] : row.named_estimates)
    json["named_estimates"][name] = estimate_json(estimate);
  json["batch_answers"] = batch_answers_json(row.batch_answers);
  json["batch_speed"] = batch_speed_json(row.batch_speed);
  json["reasons"] = object_of(row.reasons);
  json["flags"] = object_of(row.flags);
  json["badges"] = row.badges;
  return json;
}

/// Rows are named by model and cell, not by a number that the reader would have to look up.
OrderedJson name_json(const stats::Summary& summary, std::uint32_t row) {
  return {{"model", summary.rows[row].model_label}, {"cell", text_or_null(summary.rows[row].cell_label)}};
}

OrderedJson sign_flip_json(const std::optional<stats::SignFlip>& flip) {
  if (!flip) return nullptr;
  return {{"p", flip->p},
          {"exact", flip->exact},
          {"patterns", flip->patterns},
          {"seed", flip->exact ? OrderedJson(nullptr) : OrderedJson(flip->seed)}};
}

OrderedJson bootstrap_json(const stats::Difference& difference) {
  if (difference.draws == 0) return nullptr;
  // Where the bootstrap is the method, its interval is the headline's.
  const bool is_company = difference.metric == "accuracy" || difference.metric == "score";
  const auto& ci95 = is_company ? difference.bootstrap_ci95 : difference.ci95;
  return {{"ci95", interval_or_null(ci95)}, {"draws", difference.draws}, {"seed", stats::kBootstrapSeed}};
}

OrderedJson variance_json(const std::optional<stats::VarianceParts>& variance) {
  if (!variance) return nullptr;
  return {{"between_cases", variance->between}, {"within_case", variance->within}};
}

OrderedJson difference_json(const stats::Summary& summary, const stats::Difference& difference) {
  return {{"metric", difference.metric},
          {"better", name_json(summary, difference.better)},
          {"worse", name_json(summary, difference.worse)},
          {"signature", text_or_null(difference.signature)},
          {"better_value", or_null(difference.better_value)},
          {"worse_value", or_null(difference.worse_value)},
          {"estimate", difference.estimate},
          {"se", or_null(difference.se)},
          {"ci95", interval_or_null(difference.ci95)},
          {"method", difference.method},
          {"p", difference.p},
          {"p_adjusted", difference.p_adjusted},
          {"comparisons", difference.comparisons},
          {"shown", difference.shown},
          {"open", difference.open},
          {"n", difference.n},
          {"left_out", difference.left_out},
          {"smallest", or_null(difference.smallest)},
          {"better_only", difference.better_only},
          {"worse_only", difference.worse_only},
          {"better_only_cases", difference.better_only_cases},
          {"worse_only_cases", difference.worse_only_cases},
          {"sign_flip", sign_flip_json(difference.sign_flip)},
          {"bootstrap", bootstrap_json(difference)},
          {"correlation", or_null(difference.correlation)},
          {"variance", variance_json(difference.variance)},
          {"text", difference.text},
          {"detail", text_or_null(difference.detail)}};
}

/// What a reader needs to get the same intervals from the same samples.
OrderedJson resampling_json() {
  return {{"generator", "xoshiro256++"},
          {"seed", stats::kBootstrapSeed},
          {"bootstrap_draws", stats::kDraws},
          {"paired_bootstrap_draws", stats::kPairedDraws},
          {"sign_flip_draws", stats::kFlipDraws}};
}

OrderedJson judging_json(const stats::Judging& judging) {
  std::optional<double> agreement;
  if (judging.voted > 0) agreement = static_cast<double>(judging.agreed) / static_cast<double>(judging.voted);
  return {{"judges", judging.judges},
          {"prompt_hash", text_or_null(judging.prompt)},
          {"voted", judging.voted},
          {"agreed", judging.agreed},
          {"agreement", or_null(agreement)}};
}

OrderedJson note_json(const stats::Summary& summary, const stats::Note& note) {
  OrderedJson json{{"kind", note.kind}, {"text", note.text}};
  if (note.row) {
    json["model"] = summary.rows[*note.row].model_label;
    json["cell"] = text_or_null(summary.rows[*note.row].cell_label);
  }
  if (!note.case_ids.empty()) json["cases"] = note.case_ids;
  return json;
}

}  // namespace

OrderedJson summary_json(const stats::Summary& summary) {
  OrderedJson json{{"schema", "assay.summary/1"},  {"assay_version", summary.assay_version},
                   {"run_id", summary.run_id},     {"suite", summary.suite_name},
                   {"state", summary.state},       {"started", summary.started},
                   {"rows", OrderedJson::array()}, {"differences", OrderedJson::array()},
                   {"notes", OrderedJson::array()}};
  for (const stats::SummaryRow& row : summary.rows) json["rows"].push_back(row_json(row));
  for (const stats::Difference& difference : summary.differences)
    json["differences"].push_back(difference_json(summary, difference));
  for (const stats::Note& note : summary.notes) json["notes"].push_back(note_json(summary, note));
  json["resampling"] = resampling_json();
  if (summary.judging) json["judging"] = judging_json(*summary.judging);
  return json;
}

std::string render_json(const stats::Summary& summary, const RenderOptions&) {
  return dump(summary_json(summary)) + "\n";
}

}  // namespace assay::report
