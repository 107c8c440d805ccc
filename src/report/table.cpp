#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "report/cells.h"
#include "report/formats.h"
#include "report/layout.h"

namespace assay::report {
namespace {

constexpr std::size_t kNarrowest = 40;
/// A person reads some sentences and not forty; --format json has all.
constexpr std::size_t kMostDifferences = 12;
/// Longer than any sentence we write; a hostile label inside one is cut.
constexpr std::size_t kLongestSentence = 1'000;

std::string rows_text(const stats::Summary& summary, std::size_t width, const Paint& paint) {
  std::vector<TextColumn> columns = text_columns(summary);
  // The label of a model stands once above its cells.
  if (columns.size() > 1 && columns[1].id == "cell") {
    for (std::size_t r = columns[0].cells.size(); r > 1; --r) {
      if (summary.rows[r - 1].model == summary.rows[r - 2].model) columns[0].cells[r - 1].clear();
    }
  }
  std::vector<std::string> left_out;
  std::string text = laid_out(std::move(columns), width, paint, left_out);
  if (!left_out.empty()) text += paragraph(" ", "not shown in this width: " + join(left_out, ", "), width);
  return text;
}

/// Those that are shown first, then the others, in the order of the table.
std::string differences_text(const stats::Summary& summary, std::size_t width) {
  std::vector<const stats::Difference*> ordered;
  for (const bool shown : {true, false}) {
    for (const stats::Difference& difference : summary.differences) {
      if (difference.shown == shown) ordered.push_back(&difference);
    }
  }
  std::string text;
  const std::size_t count = std::min(ordered.size(), kMostDifferences);
  for (std::size_t i = 0; i < count; ++i)
    text += paragraph(" ", printable(ordered[i]->text, kLongestSentence), width);
  if (count < ordered.size())
    text += fmt::format(" … and {} more comparisons: --format json has all\n", ordered.size() - count);
  return text;
}

std::string notes_text(const stats::Summary& summary, std::size_t width) {
  std::string text;
  for (const stats::Note& note : summary.notes)
    text += paragraph(" note  ", printable(note.text, kLongestSentence), width);
  return text;
}

}  // namespace

std::string render_table(const stats::Summary& summary, const RenderOptions& options) {
  const std::size_t width = std::max(options.width, kNarrowest);
  const Paint paint{.colour = options.colour};
  std::string text = paragraph(" ", title_of(summary), width) + "\n" + rows_text(summary, width, paint);
  std::string words = differences_text(summary, width);
  if (has_badges(summary)) words += paragraph(" ", badge_legend(summary), width);
  const std::string notes = notes_text(summary, width);
  if (!words.empty()) text += "\n" + words;
  if (!notes.empty()) text += "\n" + notes;
  return options.unicode ? text : to_ascii(text);
}

}  // namespace assay::report
