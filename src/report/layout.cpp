#include "report/layout.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace assay::report {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kShortestLabel = 10;

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

/// Widths of the parts of a column: the value, what stands after it, the star.
struct Widths {
  std::size_t value = 0, spread = 0, star = 0, header = 0;
  std::size_t all() const { return std::max(header, value + (spread > 0 ? 1 + spread : 0) + star); }
};

Widths widths_of(const TextColumn& column) {
  Widths widths;
  widths.header = std::max(display_width(column.name), display_width(column.unit));
  for (const std::string& cell : column.cells) widths.value = std::max(widths.value, display_width(cell));
  for (const std::string& spread : column.spread)
    widths.spread = std::max(widths.spread, display_width(spread));
  if (std::find(column.best.begin(), column.best.end(), true) != column.best.end()) widths.star = 2;
  return widths;
}

std::size_t total_width(const std::vector<TextColumn>& columns) {
  std::size_t total = 1;
  for (const TextColumn& column : columns) total += widths_of(column).all() + kGap;
  return total - kGap;
}

TextColumn* find_column(std::vector<TextColumn>& columns, std::string_view id) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const TextColumn& c) { return c.id == id; });
  return found == columns.end() ? nullptr : &*found;
}

void cut_model_labels(std::vector<TextColumn>& columns, std::size_t width, std::size_t shortest) {
  TextColumn* column = find_column(columns, "model");
  const std::size_t total = total_width(columns);
  if (column == nullptr || total <= width) return;
  const std::size_t now = widths_of(*column).all();
  const std::size_t wanted = std::max(shortest, now - std::min(now, total - width));
  for (std::string& cell : column->cells) cell = elided(cell, wanted);
}

/// Cut labels of cells could not be told apart; numbers can.
void number_cells(std::vector<TextColumn>& columns, std::size_t width, GivenUp& given_up) {
  TextColumn* column = find_column(columns, "cell");
  if (column == nullptr || total_width(columns) <= width) return;
  for (std::string& cell : column->cells) {
    auto known = std::find(given_up.cells.begin(), given_up.cells.end(), cell);
    if (known == given_up.cells.end()) known = given_up.cells.insert(given_up.cells.end(), cell);
    cell = std::to_string(known - given_up.cells.begin() + 1);
  }
}

bool is_empty(const TextColumn& column) {
  return std::all_of(column.cells.begin(), column.cells.end(),
                     [](const std::string& cell) { return cell == "–" || cell == "-"; });
}

template <class Which>
void leave_out(std::vector<TextColumn>& columns, std::size_t width, GivenUp& given_up, Which which) {
  constexpr std::array<std::string_view, 6> kOrder{"load", "roofline", "prefill", "params", "ttft", "memory"};
  for (const std::string_view id : kOrder) {
    TextColumn* column = find_column(columns, id);
    if (column == nullptr || total_width(columns) <= width || !which(*column)) continue;
    given_up.columns.push_back(column->name);
    columns.erase(columns.begin() + (column - columns.data()));
  }
}

void fit(std::vector<TextColumn>& columns, std::size_t width, GivenUp& given_up) {
  constexpr std::size_t kReadableLabel = 16;
  leave_out(columns, width, given_up, is_empty);
  number_cells(columns, width, given_up);
  cut_model_labels(columns, width, kReadableLabel);
  leave_out(columns, width, given_up, [](const TextColumn&) { return true; });
  cut_model_labels(columns, width, kShortestLabel);
}

/// Byte offsets at which the characters of valid UTF-8 begin, and its end.
std::vector<std::size_t> character_starts(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) starts.push_back(at);
  }
  starts.push_back(text.size());
  return starts;
}

std::string aligned(std::string_view text, std::size_t width, Align align) {
  const std::size_t wide = display_width(text);
  const std::string pad = blanks(width - std::min(width, wide));
  return align == Align::right ? pad + std::string(text) : std::string(text) + pad;
}

/// A header stands over its values: right over numbers, and over the value part where an interval follows.
std::string header(const TextColumn& column, const std::string& text) {
  const Widths widths = widths_of(column);
  const Align align = widths.spread + widths.star > 0 ? Align::left : column.align;
  return aligned(text, widths.all(), align);
}

std::string cell(const TextColumn& column, std::size_t row, const Paint& paint) {
  const Widths widths = widths_of(column);
  const std::size_t body = widths.value + (widths.spread > 0 ? 1 + widths.spread : 0) + widths.star;
  std::string text = aligned(column.cells[row], widths.value, column.align);
  if (widths.spread > 0) text += " " + paint.dim(aligned(column.spread[row], widths.spread, Align::left));
  if (widths.star > 0)
    text += column.best[row] ? " " + paint.green(paint.unicode ? "★" : "*") : blanks(widths.star);
  const std::string pad = blanks(widths.all() - body);
  // A narrow column under a wide header: numbers keep to the right, values with an interval to the left.
  return column.align == Align::right && widths.spread + widths.star == 0 ? pad + text : text + pad;
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// The words of a text, with those together that a line must not part: "92 %", "p < 0.001", "5 cases".
std::vector<std::string> pieces(std::string_view text) {
  std::vector<std::string> joined;
  const auto is_number = [](const std::string& word) {
    return word.find_first_not_of("0123456789+−.…") == std::string::npos;
  };
  std::string before;
  for (const std::string& word : split(text, ' ')) {
    const bool sign = word == "<" || word == "=" || word == "%";
    const bool after = before == "<" || before == "=" || (!before.empty() && is_number(before));
    if (!joined.empty() && (sign || after)) {
      joined.back() += " " + word;
    } else {
      joined.push_back(word);
    }
    before = word;
  }
  return joined;
}

template <class Part>
std::string line_of(const std::vector<TextColumn>& columns, Part part) {
  std::string line = " ";
  for (std::size_t c = 0; c < columns.size(); ++c) line += (c == 0 ? "" : blanks(kGap)) + part(columns[c]);
  return without_trailing_blanks(std::move(line));
}

}  // namespace

std::string Paint::wrapped(std::string_view code, std::string_view text) const {
  if (!colour || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string elided(std::string_view text, std::size_t width) {
  if (display_width(text) <= width || width < 2) return std::string(text);
  const std::vector<std::size_t> starts = character_starts(text);
  const std::size_t room = width - 1;
  std::size_t head = 0;
  while (display_width(text.substr(0, starts[head + 1])) <= (room + 1) / 2) ++head;
  const std::string_view first = text.substr(0, starts[head]);
  std::size_t tail = starts.size() - 1;
  while (display_width(first) + display_width(text.substr(starts[tail - 1])) <= room) --tail;
  return std::string(first) + "…" + std::string(text.substr(starts[tail]));
}

std::string laid_out(std::vector<TextColumn> columns, std::size_t width, const Paint& paint,
                     GivenUp& given_up) {
  fit(columns, width, given_up);
  std::string text =
      paint.bold(line_of(columns, [](const TextColumn& c) { return header(c, c.name); })) + "\n";
  text += paint.dim(line_of(columns, [](const TextColumn& c) { return header(c, c.unit); })) + "\n";
  std::string rule = " ";
  for (std::size_t i = 1; i < total_width(columns); ++i) rule += paint.unicode ? "─" : "-";
  text += paint.dim(rule) + "\n";
  const std::size_t rows = columns.empty() ? 0 : columns.front().cells.size();
  for (std::size_t r = 0; r < rows; ++r)
    text += line_of(columns, [&](const TextColumn& c) { return cell(c, r, paint); }) + "\n";
  return text;
}

std::string paragraph(std::string_view first, std::string_view text, std::size_t width) {
  const std::size_t indent = display_width(first);
  std::string out(first);
  std::size_t column = indent;
  bool begins = true;
  for (const std::string& piece : pieces(text)) {
    const std::size_t wide = display_width(piece);
    if (!begins && column + 1 + wide > width) {
      out += "\n" + blanks(indent);
      column = indent;
      begins = true;
    }
    out += (begins ? "" : " ") + piece;
    column += wide + (begins ? 0 : 1);
    begins = false;
  }
  return out + "\n";
}

std::string to_ascii(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kMarks{
      {{"…", ".."}, {"–", "-"}, {"−", "-"}, {"±", "+-"}, {"×", "x"}, {"·", "-"}, {"★", "*"}, {"─", "-"}}};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto* mark = std::find_if(kMarks.begin(), kMarks.end(),
                                    [&](const auto& m) { return text.substr(at).starts_with(m.first); });
    if (mark == kMarks.end()) {
      out += text[at++];
    } else {
      out += mark->second;
      at += mark->first.size();
    }
  }
  return out;
}

}  // namespace assay::report
