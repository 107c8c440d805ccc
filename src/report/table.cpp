#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "report/cells.h"
#include "report/formats.h"
#include "report/further.h"
#include "report/layout.h"

namespace assay::report {
namespace {

constexpr std::size_t kNarrowest = 40;
/// A person reads some sentences and not forty; --format json has all.
constexpr std::size_t kMostDifferences = 12;
/// Longer than any sentence we write; a hostile label inside one is cut.
constexpr std::size_t kLongestSentence = 1'000;

/// The table and where it goes: the width, the paint, and our marks in the alphabet that the place has.
struct Page {
  std::size_t width;
  Paint paint;

  std::string text(const std::string& unicode) const { return paint.unicode ? unicode : to_ascii(unicode); }
  std::string lines(std::string_view first, const std::string& sentence) const {
    return paragraph(first, text(printable(sentence, kLongestSentence)), width);
  }
  /// The same in dim letters, each line by itself: pagers and pictures begin every line plain.
  std::string aside(std::string_view first, const std::string& sentence) const {
    std::string all = lines(first, sentence);
    all.pop_back();  // the end of the last line
    std::string dim;
    for (const std::string& line : split(all, '\n')) dim += paint.dim(line) + "\n";
    return dim;
  }
};

std::vector<TextColumn> columns_for(const stats::Summary& summary, const Page& page) {
  std::vector<TextColumn> columns = text_columns(summary);
  for (TextColumn& column : columns) {
    for (std::string& cell : column.cells) cell = page.text(cell);
    for (std::string& spread : column.spread) spread = page.text(spread);
  }
  // The label of a model stands once above its cells.
  if (columns.size() > 1 && columns[1].id == "cell") {
    for (std::size_t r = columns[0].cells.size(); r > 1; --r) {
      if (summary.rows[r - 1].model == summary.rows[r - 2].model) columns[0].cells[r - 1].clear();
    }
  }
  return columns;
}

std::string rows_text(const stats::Summary& summary, const Page& page) {
  GivenUp given_up;
  std::string text = page.text(laid_out(columns_for(summary, page), page.width, page.paint, given_up));
  for (std::size_t i = 0; i < given_up.cells.size(); ++i) {
    text += page.lines(fmt::format(" cell {}: ", i + 1), given_up.cells[i]);
  }
  if (!given_up.columns.empty()) {
    text += page.lines(" ", "not shown in this width: " + join(given_up.columns, ", "));
  }
  return text;
}

/// Those that are shown first, then the others, in the order of the table.
std::string differences_text(const stats::Summary& summary, const Page& page) {
  std::vector<const stats::Difference*> ordered;
  for (const bool shown : {true, false}) {
    for (const stats::Difference& difference : summary.differences) {
      if (difference.shown == shown) ordered.push_back(&difference);
    }
  }
  std::string text;
  const std::size_t count = std::min(ordered.size(), kMostDifferences);
  for (std::size_t i = 0; i < count; ++i) {
    text += page.lines(" ", ordered[i]->text);
    if (!ordered[i]->detail.empty()) text += page.aside("   ", ordered[i]->detail);
  }
  if (count < ordered.size()) {
    text += page.lines(" ", fmt::format("{} more comparisons are in --format json", ordered.size() - count));
  }
  return text;
}

}  // namespace

std::string render_table(const stats::Summary& summary, const RenderOptions& options) {
  const Page page{.width = std::max(options.width, kNarrowest),
                  .paint = {.colour = options.colour, .unicode = options.unicode}};
  std::string text = page.lines(" ", title_of(summary)) + "\n" + rows_text(summary, page);
  std::string words = differences_text(summary, page);
  if (const std::string legend = legend_of(summary); !legend.empty()) words += page.lines(" ", legend);
  for (const std::string& figure : further_figures(summary)) words += page.lines(" ", figure);
  if (!words.empty()) text += "\n" + words;
  if (!summary.notes.empty()) text += "\n";
  for (const stats::Note& note : summary.notes) text += page.lines(" note  ", note.text);
  return text;
}

}  // namespace assay::report
