// llama-bench's own Markdown table, so that ours can stand below one of theirs.
#include <algorithm>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench.h"
#include "report/bench_columns.h"
#include "stats/bench_figures.h"

namespace assay::report {
namespace {

using record::BenchPath;
using record::BenchReport;
using record::BenchRow;

struct MarkdownColumn {
  std::string name;
  int width;  ///< as llama-bench's: negative is left-aligned
  std::function<std::string(const BenchRow& row)> text;
};

/// A cell: one line, and nothing that would end it.
std::string cell_text(std::string_view text) {
  std::string safe;
  for (const char c : printable(text, 120)) {
    if (c == '|') safe += '\\';
    safe += c;
  }
  return safe;
}

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

std::string threads_text(const BenchRow& row) {
  return row.test.threads ? std::to_string(*row.test.threads) : "–";
}

std::string flash_text(const BenchRow& row) {
  const std::string& word = row.test.flash_attention;
  return word == "on" ? "1" : word == "off" ? "0" : "-1";
}

/// What llama-bench takes for a computation on processors: no column `ngl`, and always one of threads.
bool is_on_processors(const BenchReport& report, const BenchRow& row) {
  const std::string& backend = report.models[row.model].backend;
  return backend.find("CPU") != std::string::npos || backend.find("BLAS") != std::string::npos ||
         backend.find("ZenDNN") != std::string::npos;
}

/// On graphics processors llama-bench shows threads where they are not the default. Of a file of another
/// machine nobody knows its default; there they are shown where they vary.
bool shows_threads(const BenchReport& report, const std::vector<const BenchRow*>& rows) {
  const auto usual = report.machine.fast_cores ? report.machine.fast_cores : report.machine.physical_cores;
  return std::any_of(rows.begin(), rows.end(), [&](const BenchRow* row) {
    const bool is_unusual = row->source.empty() && usual && row->test.threads &&
                            *row->test.threads != static_cast<std::uint32_t>(*usual);
    return is_on_processors(report, *row) || is_unusual || row->test.threads != rows.front()->test.threads;
  });
}

/// Those that llama-bench prints for these rows, in its order, with its widths.
std::vector<MarkdownColumn> columns_of(const BenchReport& report, const std::vector<const BenchRow*>& rows) {
  const auto model = [&](const BenchRow& row) -> const record::BenchModel& {
    return report.models[row.model];
  };
  std::vector<MarkdownColumn> columns{
      {"model", -30,
       [=](const BenchRow& row) { return model(row).type.empty() ? model(row).label : model(row).type; }},
      {"size", 10, [=](const BenchRow& row) { return size_text(model(row).bytes); }},
      {"params", 10, [=](const BenchRow& row) { return count_text(model(row).parameters); }},
      {"backend", -10, [=](const BenchRow& row) { return model(row).backend; }}};
  const bool on_cards = std::any_of(rows.begin(), rows.end(),
                                    [&](const BenchRow* row) { return !is_on_processors(report, *row); });
  if (on_cards)
    columns.push_back(
        {"ngl", 3, [](const BenchRow& row) { return std::to_string(row.gpu_layers.value_or(-1)); }});
  if (shows_threads(report, rows)) columns.push_back({"threads", 7, threads_text});
  const auto add = [&](const char* name, int width, const char* standard, auto text) {
    if (std::any_of(rows.begin(), rows.end(), [&](const BenchRow* row) { return text(*row) != standard; }))
      columns.push_back({name, width, text});
  };
  add("n_batch", 7, "2048", [](const BenchRow& row) { return std::to_string(row.test.batch); });
  add("n_ubatch", 8, "512", [](const BenchRow& row) { return std::to_string(row.test.micro_batch); });
  add("type_k", 6, "f16", [](const BenchRow& row) { return row.test.key_type; });
  add("type_v", 6, "f16", [](const BenchRow& row) { return row.test.value_type; });
  add("fa", 3, "-1", flash_text);
  columns.push_back({"test", 15, test_text});
  columns.push_back({"t/s", 20, [&](const BenchRow& row) {
                       const auto figures = stats::bench_figures(report, row).value_or(stats::BenchFigures{});
                       return fmt::format("{:.2f} ± {:.2f}", figures.mean, figures.sd.value_or(0));
                     }});
  return columns;
}

}  // namespace

std::string bench_markdown(const BenchReport& report) {
  std::vector<const BenchRow*> rows;
  for (const BenchRow& row : report.rows)
    if (!row.repetitions.empty()) rows.push_back(&row);
  const std::vector<MarkdownColumn> columns = columns_of(report, rows);
  std::string text = "|";
  for (const MarkdownColumn& column : columns) text += " " + padded(column.name, column.width) + " |";
  text += "\n|";
  for (const MarkdownColumn& column : columns)
    text += " " + std::string(static_cast<std::size_t>(std::abs(column.width)) - 1, '-') +
            (column.width > 0 ? ": |" : "- |");
  text += "\n";
  for (const BenchRow* row : rows) {
    text += "|";
    for (const MarkdownColumn& column : columns)
      text += " " + padded(cell_text(column.text(*row)), column.width) + " |";
    text += "\n";
  }
  std::string engine;
  for (const auto& model : report.models)
    if (!model.engine_version.empty()) engine = model.engine_version;
  text += fmt::format("\nassay {}{}, mean ± standard deviation\n", report.assay_version,
                      engine.empty() ? "" : ", " + printable(engine, 80));
  return text;
}

}  // namespace assay::report
