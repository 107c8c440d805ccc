// The forms of a bench that programs read: JSON, CSV.

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench.h"
#include "report/bench_presets.h"
#include "report/csv_text.h"
#include "stats/bench_figures.h"

namespace assay::report {
namespace {

using record::BenchReport;
using record::BenchRow;

constexpr double kMiB = 1024.0 * 1024.0;

Json interval(const std::optional<stats::Interval>& ci95) {
  return ci95 ? Json{ci95->low, ci95->high} : Json();
}

/// What a preset's rows come to: LocalScores of a model, how a long test ended.
void add_preset_figures(const BenchReport& report, Json& json) {
  for (std::uint32_t m = 0; m < report.models.size() && report.preset == "localscore"; ++m) {
    Json& scores = json["models"][m]["localscore"] = Json::array();
    for (const auto& [settings, score] : localscores(report, m))
      scores.push_back({{"settings", settings},
                        {"score", score ? Json(score->score) : Json()},
                        {"ci95", score ? interval(score->ci95) : Json()},
                        {"shapes", score ? Json(score->shapes) : Json()}});
  }
  for (std::size_t i = 0; i < report.rows.size() && report.preset == "sustained"; ++i) {
    const auto figures = stats::sustained(report.rows[i]);
    json["rows"][i]["sustained"] = figures ? Json{{"fifths", figures->fifths},
                                                  {"end_to_start", figures->end_to_start},
                                                  {"ci95", interval(figures->ci95)}}
                                           : Json();
  }
}

}  // namespace

Json bench_document(const BenchReport& report) {
  Json json = to_json(report);
  json["sentences"] = bench_sentences(report);
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    Json& row = json["rows"][i];
    const auto figures = stats::bench_figures(report, report.rows[i]);
    row["unit"] = "tokens/s";
    row["n"] = figures ? figures->n : 0;
    row["median"] = figures ? Json(figures->median) : Json();
    row["ci95"] = figures ? interval(figures->ci95) : Json();
    row["mean"] = figures ? Json(figures->mean) : Json();
    row["sd"] = figures ? or_null<Json>(figures->sd) : Json();
    row["prefill_tps"] = figures ? or_null<Json>(figures->prefill_tps) : Json();
    row["decode_tps"] = figures ? or_null<Json>(figures->decode_tps) : Json();
    row["ttft_ms"] = figures ? or_null<Json>(figures->ttft_ms) : Json();
    row["roofline_pct"] = figures ? or_null<Json>(figures->roofline_pct) : Json();
    const auto& bytes = report.rows[i].memory_bytes;
    row["peak_memory_mib"] = bytes ? Json(static_cast<double>(*bytes) / kMiB) : Json();
  }
  add_preset_figures(report, json);
  return json;
}

std::string bench_json(const BenchReport& report) {
  return dump_pretty(OrderedJson(bench_document(report))) + "\n";
}

std::string bench_csv(const BenchReport& report) {
  std::string text =
      "schema,assay_version,run_id,model,model_file,test,path,n_prompt,n_gen,n_depth,n_batch,n_ubatch,n_"
      "threads,"
      "n_gpu_layers,flash_attn,type_k,type_v,source,n,end,median,ci95_low,ci95_high,mean,sd,prefill_tps,"
      "decode_tps,ttft_ms,roofline_pct,peak_memory_mib\n";
  const auto real = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  for (const BenchRow& row : report.rows) {
    const auto figures = stats::bench_figures(report, row).value_or(stats::BenchFigures{});
    const bool any = figures.n > 0;
    const auto& test = row.test;
    const auto& model = report.models[row.model];
    text += fmt::format(
        "assay.bench/"
        "1,{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
        report.assay_version, report.run_id, csv_quoted(csv_inert(model.label)),
        csv_quoted(csv_inert(model.path)), name_of(test), name_of(test.path), test.prompt, test.generate,
        test.depth, test.batch, test.micro_batch, test.threads ? std::to_string(*test.threads) : "",
        row.gpu_layers ? std::to_string(*row.gpu_layers) : "", csv_cell(csv_inert(test.flash_attention)),
        csv_cell(csv_inert(test.key_type)), csv_cell(csv_inert(test.value_type)),
        csv_quoted(csv_inert(row.source)), figures.n, name_of(row.end),
        any ? fmt::format("{}", figures.median) : "",
        figures.ci95 ? fmt::format("{}", figures.ci95->low) : "",
        figures.ci95 ? fmt::format("{}", figures.ci95->high) : "", any ? fmt::format("{}", figures.mean) : "",
        real(figures.sd), real(figures.prefill_tps), real(figures.decode_tps), real(figures.ttft_ms),
        real(figures.roofline_pct),
        row.memory_bytes ? fmt::format("{}", static_cast<double>(*row.memory_bytes) / kMiB) : "");
  }
  return text;
}

}  // namespace assay::report
