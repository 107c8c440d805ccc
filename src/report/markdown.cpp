#include <fmt/format.h>

#include "base/text.h"
#include "report/cells.h"
#include "report/formats.h"
#include "report/further.h"

namespace assay::report {
namespace {

constexpr std::size_t kLongestSentence = 1'000;

/// Text that Markdown shows as it is: marks that would begin formatting, a cell or a tag are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>|#~&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string head(const TextColumn& column) {
  return column.unit.empty() ? column.name : fmt::format("{} ({})", column.name, column.unit);
}

std::string cell(const TextColumn& column, std::size_t row) {
  std::string text = escaped(column.cells[row]);
  if (!column.spread[row].empty()) text += " " + column.spread[row];
  if (column.best[row]) text += " ★";
  return text;
}

std::string table(const std::vector<TextColumn>& columns) {
  std::string header = "|", rule = "|", body;
  for (const TextColumn& column : columns) {
    header += " " + head(column) + " |";
    rule += column.align == Align::right ? " ---: |" : " :--- |";
  }
  const std::size_t rows = columns.empty() ? 0 : columns.front().cells.size();
  for (std::size_t r = 0; r < rows; ++r) {
    body += "|";
    for (const TextColumn& column : columns) body += " " + cell(column, r) + " |";
    body += "\n";
  }
  return header + "\n" + rule + "\n" + body;
}

std::string bullet(const std::string& text) {
  return "- " + escaped(printable(text, kLongestSentence)) + "\n";
}

}  // namespace

std::string render_markdown(const stats::Summary& summary, const RenderOptions&) {
  std::string text = escaped(title_of(summary)) + "\n\n" + table(text_columns(summary));
  if (const std::string legend = legend_of(summary); !legend.empty()) text += "\n" + escaped(legend) + "\n";
  if (!summary.differences.empty()) text += "\n";
  for (const stats::Difference& difference : summary.differences) {
    text += bullet(difference.text);
    if (!difference.detail.empty()) text += "  " + bullet(difference.detail);
  }
  const std::vector<std::string> further = further_figures(summary);
  if (!further.empty()) text += "\n";
  for (const std::string& figure : further) text += bullet(figure);
  if (!summary.notes.empty()) text += "\nNotes:\n\n";
  for (const stats::Note& note : summary.notes) text += bullet(note.text);
  return text;
}

}  // namespace assay::report
