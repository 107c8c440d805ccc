// The forms of a bench that leave the terminal: Markdown, JSON, CSV.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench.h"
#include "report/bench_columns.h"
#include "report/csv_text.h"
#include "stats/bench_figures.h"

namespace assay::report {
namespace {

using record::BenchPath;
using record::BenchReport;
using record::BenchRow;

constexpr double kMiB = 1024.0 * 1024.0;

/// A cell of a Markdown table: one line, and nothing that would end the cell.
std::string cell_text(std::string_view text) {
  std::string safe;
  for (const char c : printable(text, 120)) {
    if (c == '|') safe += '\\';
    safe += c;
  }
  return safe;
}

struct MarkdownColumn {
  std::string name;
  int width;  ///< as llama-bench's: negative is left-aligned
};

std::string padded(const std::string& text, int width) {
  const std::size_t wanted = static_cast<std::size_t>(std::abs(width));
  const std::size_t now = display_width(text);
  const std::string blanks(wanted > now ? wanted - now : 0, ' ');
  return width < 0 ? text + blanks : blanks + text;
}

std::string test_text(const BenchRow& row) {
  const std::string name = name_of(row.test);
  return row.test.path == BenchPath::engine ? name : fmt::format("{} {}", name, name_of(row.test.path));
}

Json interval(const std::optional<stats::Interval>& ci95) {
  return ci95 ? Json{ci95->low, ci95->high} : Json();
}

/// What a preset's rows come to: a model's LocalScore, how a long test ended.
void add_preset_figures(const BenchReport& report, Json& json) {
  for (std::uint32_t m = 0; m < report.models.size() && report.preset == "localscore"; ++m) {
    const auto score = stats::localscore(own_rows(report, m));
    json["models"][m]["localscore"] =
        score ? Json{{"score", score->score}, {"ci95", interval(score->ci95)}, {"shapes", score->shapes}}
              : Json();
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

std::string bench_markdown(const BenchReport& report) {
  const std::vector<SettingColumn> settings = setting_columns(report);
  std::vector<MarkdownColumn> columns{
      {"model", -30}, {"size", 10}, {"params", 10}, {"backend", -10}, {"threads", 7}};
  for (const SettingColumn& setting : settings)
    columns.push_back({setting.name, std::max(6, static_cast<int>(std::string_view(setting.name).size()))});
  columns.push_back({"test", 15});
  columns.push_back({"t/s", 20});

  std::string text = "|";
  for (const MarkdownColumn& column : columns) text += " " + padded(column.name, column.width) + " |";
  text += "\n|";
  for (const MarkdownColumn& column : columns)
    text += " " + std::string(static_cast<std::size_t>(std::abs(column.width)) - 1, '-') +
            (column.width > 0 ? ": |" : "- |");
  text += "\n";
  for (const BenchRow& row : report.rows) {
    const auto figures = stats::bench_figures(report, row);
    if (!figures) continue;
    const auto& model = report.models[row.model];
    std::vector<std::string> cells{cell_text(model.type.empty() ? model.label : model.type),
                                   size_text(model.bytes), count_text(model.parameters),
                                   cell_text(model.backend),
                                   row.test.threads ? std::to_string(*row.test.threads) : "–"};
    for (const SettingColumn& setting : settings) cells.push_back(cell_text(setting.text(row)));
    cells.push_back(test_text(row));
    cells.push_back(fmt::format("{:.2f} ± {:.2f}", figures->mean, figures->sd.value_or(0)));
    text += "|";
    for (std::size_t i = 0; i < cells.size(); ++i) text += " " + padded(cells[i], columns[i].width) + " |";
    text += "\n";
  }
  std::string engine;
  for (const auto& model : report.models)
    if (!model.engine_version.empty()) engine = model.engine_version;
  text += fmt::format("\nassay {}{}, mean ± standard deviation\n", report.assay_version,
                      engine.empty() ? "" : ", " + printable(engine, 80));
  return text;
}

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
        report.assay_version, report.run_id, csv_quoted(model.label), csv_quoted(model.path), name_of(test),
        name_of(test.path), test.prompt, test.generate, test.depth, test.batch, test.micro_batch,
        test.threads ? std::to_string(*test.threads) : "",
        row.gpu_layers ? std::to_string(*row.gpu_layers) : "", test.flash_attention, test.key_type,
        test.value_type, csv_quoted(row.source), figures.n, name_of(row.end),
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
