#include <algorithm>

#include <fmt/format.h>

#include "base/gzip.h"
#include "base/text.h"
#include "suite/cases.h"
#include "suite/csv_file.h"
#include "suite/files.h"
#include "suite/json_lines.h"
#include "suite/json_tree.h"
#include "suite/plain_text.h"
#include "suite/task_rows.h"
#include "suite/text_source.h"

namespace assay::suite {
namespace {

// Of the warnings that people are shown; behind them stands how many rows there were.
constexpr std::size_t kMaxListed = 80;

/// What the loader of the hub calls .json is a value on each line; the published list begins with a bracket.
bool begins_with_list(const std::string& path) {
  TextSource source(path);
  while (source.peek() != TextSource::kEnd && trim(std::string(1, static_cast<char>(source.peek()))).empty())
    source.take();
  return source.peek() != '{';
}

/// The header of a table: every name once.
bool check_header(Reader& reader, const std::string& path, const std::vector<Cell>& header) {
  bool good = true;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const Cell& cell = header[i];
    const Location where{path, static_cast<int>(cell.place.line), static_cast<int>(cell.place.column)};
    const auto end = header.begin() + static_cast<std::ptrdiff_t>(i);
    if (!check_text(cell.text, path, reader.errors, cell.place)) {
      good = false;
    } else if (std::any_of(header.begin(), end, [&](const Cell& one) { return one.text == cell.text; })) {
      reader.error(where, fmt::format("column '{}' twice", printable(cell.text, 60)), "each column once");
      good = false;
    }
  }
  return good;
}

/// A row as a mapping from the header's names to texts.
void build_row(Tree& tree, const std::vector<Cell>& header, const std::vector<Cell>& row) {
  tree.clear();
  tree.root = tree.add(Kind::mapping, row.front().place, {});
  std::uint32_t last = Tree::kNone;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::uint32_t key = tree.add(Kind::text, row[i].place, header[i].text);
    const std::uint32_t value = tree.add(Kind::text, row[i].place, row[i].text);
    (last == Tree::kNone ? tree.at(tree.root).first : tree.at(last).next) = key;
    tree.at(key).next = value;
    last = value;
  }
  tree.at(tree.root).count = static_cast<std::uint32_t>(row.size());
}

}  // namespace

void TaskReader::refuse(std::string found, std::string expected, std::string remedy) {
  reader_.error(request_.where, std::move(found), std::move(expected), std::move(remedy));
}

void TaskReader::bad_row(const Location& where, const std::string& fault) {
  ++rows;
  ++bad_rows;
  constexpr std::string_view kExpected = "a row as the task was published";
  if (!request_.skip_bad)
    return reader_.error(where, fault, std::string(kExpected),
                         "Repair it, or list such rows: skip_bad: true");
  if (bad_rows <= kMaxListed) reader_.warning(where, fault + "; the row is left out", std::string(kExpected));
}

void TaskReader::add(Node node, const Make& make) {
  Row row(node);
  std::optional<record::Case> made = make(row);
  if (row.fault()) return bad_row(row.where(), *row.fault());
  if (!made) return;
  ++rows;
  made->where = row.where();
  if (cases.size() < std::min(request_.limit.value_or(kMaxCases), kMaxCases))
    cases.push_back(*std::move(made));
}

void TaskReader::read_lines(const Make& make) {
  const auto visit = [&](Node node) {
    add(node, make);
    return true;
  };
  for_each_json_line(reader_, request_.path, visit,
                     [&](const Error& error) { bad_row(error.where, error.found); });
}

void TaskReader::read_list(const Make& make) {
  const Result<std::string> bytes = read_unpacked_file(request_.path, kMaxSuiteBytes);
  if (!bytes) return reader_.error_at(bytes.error().where, bytes.error());
  Tree tree;
  tree.file = request_.path;
  if (!check_text(*bytes, request_.path, reader_.errors) || !read_json(*bytes, {1, 1}, tree, reader_.errors))
    return;
  const Node list(tree, tree.root);
  if (reader_.is_list(list, "a file of tasks")) for_each_item(list, [&](Node item) { add(item, make); });
}

void TaskReader::read_table(const Make& make) {
  std::vector<Cell> header;
  Tree tree;
  tree.file = request_.path;
  for_each_csv_row(reader_, request_.path, [&](std::vector<Cell>& row) {
    if (header.empty()) {
      header = std::move(row);
      return check_header(reader_, request_.path, header);
    }
    const Place place = row.front().place;
    const Location where{request_.path, static_cast<int>(place.line), static_cast<int>(place.column)};
    Errors wrong;
    for (const Cell& cell : row)
      if (wrong.empty()) check_text(cell.text, request_.path, wrong, cell.place);
    if (row.size() != header.size()) {
      bad_row(where, fmt::format("a row of {} cells under a header of {}", row.size(), header.size()));
    } else if (!wrong.empty()) {
      bad_row(wrong.front().where, wrong.front().found);
    } else {
      build_row(tree, header, row);
      add(Node(tree, tree.root), make);
    }
    return true;
  });
}

void TaskReader::for_each_row(const Make& make) {
  const std::string_view name = without_gz(request_.path);
  if (name.ends_with(".csv")) {
    read_table(make);
  } else if (name.ends_with(".json") && begins_with_list(request_.path)) {
    read_list(make);
  } else {
    read_lines(make);
  }
}

}  // namespace assay::suite
