// Two benches side by side, for the terminal.
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench.h"
#include "report/bench_columns.h"
#include "report/filled_columns.h"
#include "stats/bench_figures.h"
#include "stats/words.h"

namespace assay::report {
namespace {

using record::BenchReport;
using record::BenchRow;

constexpr std::size_t kLongestSentence = 1'000;

/// "0.96", with enough digits that a difference of a tenth of a percent is seen.
std::string ratio_text(double ratio) {
  return fmt::format("{:.{}f}", ratio, ratio < 10 ? 3 : 1);
}

std::string model_of(const BenchReport& a, const BenchReport& b, const stats::BenchDifference& test) {
  const std::string& of_a = a.models[a.rows[test.row_a].model].label;
  const std::string& of_b = b.models[b.rows[test.row_b].model].label;
  return of_a == of_b ? of_a : of_a + " → " + of_b;
}

std::vector<TextColumn> columns_of(const BenchReport& a, const BenchReport& b,
                                   const stats::BenchComparison& comparison) {
  FilledColumns columns;
  for (const stats::BenchDifference& test : comparison.tests) {
    const BenchRow& row = a.rows[test.row_a];
    columns.put("model", "model", "", Align::left, model_of(a, b, test));
    columns.put("test", "test", "", Align::left,
                row.test.path == record::BenchPath::engine
                    ? name_of(row.test)
                    : fmt::format("{} {}", name_of(row.test), record::name_of(row.test.path)));
    for (const auto& [id, report, at] : {std::tuple("A", &a, test.row_a), std::tuple("B", &b, test.row_b)}) {
      const auto figures = stats::bench_figures(*report, report->rows[at]);
      columns.put(id, id, "tok/s", Align::right, figures ? number(figures->median) : "–",
                  figures ? spread_text(*figures) : std::string{});
    }
    columns.put("ratio", "B ÷ A", "", Align::right, ratio_text(test.speed.ratio),
                test.speed.ci95 ? fmt::format("({}…{})", ratio_text(test.speed.ci95->low),
                                              ratio_text(test.speed.ci95->high))
                                : std::string{});
  }
  return columns.take();
}

std::string only_text(const char* side, const BenchReport& report, const std::vector<std::size_t>& rows) {
  std::vector<std::string> names;
  for (const std::size_t row : rows) {
    names.push_back(
        fmt::format("{} of {}", name_of(report.rows[row].test), report.models[report.rows[row].model].label));
  }
  constexpr std::size_t kMost = 8;
  return fmt::format("only {} measured {}", side, stats::listed(names, kMost));
}

}  // namespace

std::string bench_comparison_table(const BenchReport& a, const BenchReport& b,
                                   const stats::BenchComparison& comparison, std::size_t width,
                                   const Paint& paint) {
  const auto plain = [&](const std::string& text) { return paint.unicode ? text : to_ascii(text); };
  std::string text;
  GivenUp given_up;
  if (!comparison.tests.empty())
    text += plain(laid_out(columns_of(a, b, comparison), width, paint, given_up)) + "\n";
  const auto say = [&](std::string_view first, const std::string& sentence) {
    text += paragraph(first, plain(printable(sentence, kLongestSentence)), width);
  };
  if (!given_up.columns.empty()) say(" ", "not shown in this width: " + join(given_up.columns, ", "));
  if (comparison.tests.empty()) say(" ", "no test was measured on both sides");
  for (const bool shown : {true, false}) {
    for (const stats::BenchDifference& test : comparison.tests)
      if (test.shown == shown) say(" ", test.text);
  }
  if (!comparison.only_a.empty()) say(" ", only_text("A", a, comparison.only_a));
  if (!comparison.only_b.empty()) say(" ", only_text("B", b, comparison.only_b));
  for (const std::string& note : comparison.notes) say(" note  ", note);
  return text;
}

}  // namespace assay::report
