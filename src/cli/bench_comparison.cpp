#include "cli/bench_comparison.h"

#include <fmt/format.h>

#include "cli/bench_show.h"
#include "report/json_values.h"
#include "stats/bench_figures.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

using record::BenchReport;
using record::BenchRow;

constexpr double kMiB = 1024.0 * 1024.0;

Result<BenchReport> bench_of(const store::Store& store, const record::Run& run) {
  auto report = stored_bench(store, run.id);
  if (!report) return fail(report.error());
  if (*report) return **std::move(report);
  return fail({.code = Code::bad_input,
               .where = {.file = "run " + run.id, .line = 0, .column = 0},
               .found = "the bench ended before its first round was stored",
               .expected = "a bench with repetitions",
               .remedy = {}});
}

/// What of a model's file the run's record does not hold.
void add_file_changes(std::vector<stats::Change>& changes, const record::BenchModel& a,
                      const record::BenchModel& b) {
  const std::string of = a.label == b.label ? " of " + a.label : std::string();
  if (a.type != b.type) changes.push_back({"kind" + of, a.type, b.type});
  if (a.bytes != b.bytes)
    changes.push_back({"bytes of tensors" + of, std::to_string(a.bytes), std::to_string(b.bytes)});
  if (a.backend != b.backend) changes.push_back({"backend" + of, a.backend, b.backend});
}

OrderedJson side_json(const BenchReport& report, std::size_t at) {
  const BenchRow& row = report.rows[at];
  const auto figures = stats::bench_figures(report, row);
  return {{"model", report.models[row.model].label},
          {"row", at},
          {"n", row.repetitions.size()},
          {"median", figures ? OrderedJson(figures->median) : OrderedJson(nullptr)},
          {"ci95", figures ? report::interval_or_null(figures->ci95) : OrderedJson(nullptr)}};
}

OrderedJson only_json(const BenchReport& report, const std::vector<std::size_t>& rows) {
  OrderedJson list = OrderedJson::array();
  for (const std::size_t at : rows) {
    const BenchRow& row = report.rows[at];
    list.push_back({{"name", name_of(row.test)},
                    {"path", record::name_of(row.test.path)},
                    {"model", report.models[row.model].label}});
  }
  return list;
}

std::optional<double> value_of(const BenchReport& report, const BenchRow& row, const std::string& metric) {
  const auto figures = stats::bench_figures(report, row);
  if (!figures) return std::nullopt;
  if (metric == "decode_tps") return figures->decode_tps;
  if (metric == "prefill_tps") return figures->prefill_tps;
  if (metric == "ttft_ms") return figures->ttft_ms;
  if (metric == "peak_memory_mib" && row.memory_bytes) return static_cast<double>(*row.memory_bytes) / kMiB;
  return std::nullopt;
}

/// The metric is what the test's repetitions were compared by.
bool is_tested(const BenchRow& row, const std::string& metric) {
  if (metric == "decode_tps") return row.test.prompt == 0;
  return metric == "prefill_tps" && row.test.generate == 0;
}

struct Outcome {
  bool passed = true;
  std::string why;
};

std::optional<Outcome> check_test(const Gate& gate, const ComparedBenches& benches,
                                  const stats::BenchDifference& test) {
  const BenchRow& row = benches.report_a.rows[test.row_a];
  const auto before = value_of(benches.report_a, row, gate.metric);
  const auto now = value_of(benches.report_b, benches.report_b.rows[test.row_b], gate.metric);
  if (!before || !now || *before == 0) return std::nullopt;
  const double change = *now / *before - 1;
  const std::string said = fmt::format("{}: {} %", test.title, stats::fixed(100 * change, 1));
  const bool beyond = gate.limit < 0 ? change < gate.limit : change > gate.limit;
  if (!beyond) return Outcome{true, said};
  if (!is_tested(row, gate.metric)) return Outcome{false, said + " (compared without a test)"};
  if (!test.speed.ci95) return Outcome{false, said + ", too few repetitions for a test"};
  const std::string p = stats::p_text(test.p_adjusted);
  if (test.shown) return Outcome{false, fmt::format("{}, {}", said, p)};
  return Outcome{true, fmt::format("{}, which chance explains as well ({})", said, p)};
}

}  // namespace

Result<ComparedBenches> compare_bench_runs(const store::Store& store, ChosenSide a, ChosenSide b,
                                           const std::string& letter) {
  const auto pairs = pairs_of(a, b);
  if (!pairs) return fail(pairs.error());
  auto report_a = bench_of(store, a.run);
  if (!report_a) return fail(report_a.error());
  auto report_b = bench_of(store, b.run);
  if (!report_b) return fail(report_b.error());
  ComparedBenches benches{.a = std::move(a),
                          .b = std::move(b),
                          .report_a = std::move(*report_a),
                          .report_b = std::move(*report_b),
                          .changes = {},
                          .comparison = {}};
  benches.changes = stats::SideBySide(benches.a.run, benches.b.run, *pairs).changes();
  for (stats::Change& change : benches.changes)
    if (change.what == "suite") change.what = "tests";
  for (const auto& [of_a, of_b] : *pairs)
    add_file_changes(benches.changes, benches.report_a.models[of_a], benches.report_b.models[of_b]);
  benches.comparison = stats::compare_benches(benches.report_a, benches.report_b, *pairs, letter);
  for (const stats::Change& setting : benches.comparison.settings) benches.changes.push_back(setting);
  return benches;
}

GateResult check_bench_gate(const Gate& gate, const ComparedBenches& benches) {
  GateResult result{.text = gate.text, .passed = true, .why = {}};
  for (const stats::BenchDifference& test : benches.comparison.tests) {
    const auto outcome = check_test(gate, benches, test);
    if (!outcome) continue;
    result.passed = result.passed && outcome->passed;
    result.why += (result.why.empty() ? "" : "; ") + outcome->why;
  }
  if (result.why.empty())
    return {.text = gate.text,
            .passed = false,
            .why =
                "no test of these benches has it on both sides (a bench gives decode_tps, prefill_tps, "
                "ttft_ms and peak_memory_mib)"};
  return result;
}

OrderedJson bench_comparison_json(const ComparedBenches& benches, const std::vector<GateResult>& gates) {
  OrderedJson json{{"schema", "assay.bench-comparison/1"},
                   {"assay_version", ASSAY_VERSION},
                   {"a", benches.a.run.id},
                   {"b", benches.b.run.id},
                   {"changes", changes_json(benches.changes)}};
  json["tests"] = OrderedJson::array();
  for (const stats::BenchDifference& test : benches.comparison.tests) {
    const BenchRow& row = benches.report_a.rows[test.row_a];
    json["tests"].push_back(
        {{"name", name_of(row.test)},
         {"path", record::name_of(row.test.path)},
         {"a", side_json(benches.report_a, test.row_a)},
         {"b", side_json(benches.report_b, test.row_b)},
         {"ratio", test.speed.ratio},
         {"ratio_ci95", report::interval_or_null(test.speed.ci95)},
         {"p", test.speed.ci95 ? OrderedJson(test.speed.p) : OrderedJson(nullptr)},
         {"p_adjusted", test.speed.ci95 ? OrderedJson(test.p_adjusted) : OrderedJson(nullptr)},
         {"shown", test.shown},
         {"settings", changes_json(test.settings)},
         {"text", test.text}});
  }
  json["only_a"] = only_json(benches.report_a, benches.comparison.only_a);
  json["only_b"] = only_json(benches.report_b, benches.comparison.only_b);
  json["notes"] = benches.comparison.notes;
  json["gates"] = gates_json(gates);
  return json;
}

}  // namespace assay::cli
