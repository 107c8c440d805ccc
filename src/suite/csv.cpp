#include "suite/csv.h"

namespace assay::suite {
namespace {

tl::unexpected<Error> wrong(Place place, std::string found, std::string expected, std::string remedy) {
  return fail(
      {.code = Code::bad_input,
       .where = {.file = {}, .line = static_cast<int>(place.line), .column = static_cast<int>(place.column)},
       .found = std::move(found),
       .expected = std::move(expected),
       .remedy = std::move(remedy)});
}

bool ends_line(int c) {
  return c == '\n' || c == '\r' || c == TextSource::kEnd;
}

bool ends_cell(int c) {
  return c == ',' || ends_line(c);
}

void take_line_end(TextSource& source) {
  if (source.peek() == '\r') source.take();
  if (source.peek() == '\n') source.take();
}

Result<void> read_quoted(TextSource& source, Cell& cell, std::size_t& budget) {
  cell.quoted = true;
  source.take();
  for (;;) {
    const int c = source.take();
    if (c == TextSource::kEnd)
      return wrong(cell.place, "a quoted cell that does not end", "a closing \"",
                   "Double a quote that is part of the text");
    if (c == '"') {
      if (source.peek() != '"') break;
      source.take();
    }
    if (budget == 0)
      return wrong(cell.place, "a row that is too long", "at most 16 MiB",
                   "Look for a quote that is not closed");
    --budget;
    cell.text += static_cast<char>(c);
  }
  if (ends_cell(source.peek())) return {};
  return wrong(source.place(), "text behind a closing quote", "a comma or the end of the line",
               "Double a quote that is part of the text");
}

Result<void> read_plain(TextSource& source, Cell& cell, std::size_t& budget) {
  while (!ends_cell(source.peek())) {
    if (source.peek() == '"') {
      return wrong(source.place(), "a quote inside a cell without quotes", "quotes around the whole cell",
                   "Put the cell in quotes and double the quote inside");
    }
    if (budget == 0) return wrong(cell.place, "a row that is too long", "at most 16 MiB", {});
    --budget;
    cell.text += static_cast<char>(source.take());
  }
  return {};
}

}  // namespace

Result<std::optional<std::vector<Cell>>> read_row(TextSource& source, std::size_t max_bytes) {
  while (source.peek() == '\n' || source.peek() == '\r') source.take();
  if (source.peek() == TextSource::kEnd) return std::optional<std::vector<Cell>>{};
  std::vector<Cell> row;
  std::size_t budget = max_bytes;
  for (;;) {
    Cell& cell = row.emplace_back();
    cell.place = source.place();
    const Result<void> done =
        source.peek() == '"' ? read_quoted(source, cell, budget) : read_plain(source, cell, budget);
    if (!done) return fail(done.error());
    if (source.peek() != ',') break;
    source.take();
  }
  take_line_end(source);
  return std::optional(std::move(row));
}

}  // namespace assay::suite
