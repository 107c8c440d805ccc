#include <fmt/format.h>

#include "record/metrics.h"
#include "report/csv_text.h"
#include "report/formats.h"

namespace assay::report {
namespace {

/// A name and the text of one row's cell.
struct Field {
  std::string name;
  std::string text;
};

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

void add_interval(std::vector<Field>& fields, const std::string& name,
                  const std::optional<stats::Interval>& interval) {
  fields.push_back({name + "_ci95_low", interval ? fmt::format("{}", interval->low) : ""});
  fields.push_back({name + "_ci95_high", interval ? fmt::format("{}", interval->high) : ""});
}

std::vector<Field> fields_of(const stats::Summary& summary, const stats::SummaryRow& row) {
  const auto count = [](std::uint64_t value) { return std::to_string(value); };
  std::vector<Field> fields{{"schema", "assay.summary/1"},
                            {"assay_version", summary.assay_version},
                            {"run_id", summary.run_id},
                            {"suite", summary.suite_name},
                            {"model", row.model_label},
                            {"params", row.params ? count(*row.params) : ""},
                            {"cell", row.cell_label},
                            {"cases", count(row.cases)},
                            {"repeats", count(row.repeats)},
                            {"passed", count(row.passed)},
                            {"failed", count(row.failed)},
                            {"errors", count(row.errors)},
                            {"incomplete", count(row.incomplete)},
                            {"ungraded", count(row.ungraded)},
                            {"missing", count(row.missing)},
                            {"accuracy", number(row.accuracy)}};
  add_interval(fields, "accuracy", row.accuracy_ci95);
  fields.push_back({"accuracy_se", number(row.accuracy_se)});
  fields.push_back({"accuracy_method", row.accuracy_method});
  fields.push_back({"coverage", number(row.coverage)});
  fields.push_back({"low", number(row.low)});
  fields.push_back({"high", number(row.high)});
  fields.push_back({"score", number(row.score)});
  add_interval(fields, "score", row.score_ci95);
  fields.push_back({"score_se", number(row.score_se)});
  for (const record::MetricSpec& spec : record::metric_table()) {
    const std::string name(spec.name);
    const auto found = row.metrics.find(name);
    const stats::MetricSummary metric = found == row.metrics.end() ? stats::MetricSummary{} : found->second;
    fields.push_back({name, number(metric.headline)});
    add_interval(fields, name, metric.ci95);
    fields.push_back({"n_" + name, count(metric.n)});
  }
  const auto cost = row.metrics.find("cost_usd");
  fields.push_back({"cost_usd", cost == row.metrics.end() ? "" : number(cost->second.headline)});
  fields.push_back({"sandbox", summary.sandbox});
  return fields;
}

std::string line(const std::vector<Field>& fields, std::string Field::*part) {
  std::vector<std::string> cells;
  for (const Field& field : fields) cells.push_back(field.*part);
  return csv_record(cells);
}

}  // namespace

std::string render_csv(const stats::Summary& summary, const RenderOptions&) {
  // The header is the same for every run, so that files can be put under one another; a summary without rows
  // has it too.
  std::string text = line(
      fields_of(summary, summary.rows.empty() ? stats::SummaryRow{} : summary.rows.front()), &Field::name);
  for (const stats::SummaryRow& row : summary.rows) text += line(fields_of(summary, row), &Field::text);
  return text;
}

}  // namespace assay::report
