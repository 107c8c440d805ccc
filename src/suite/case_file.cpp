#include "suite/case_file.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/gzip.h"
#include "base/text.h"
#include "record/template.h"
#include "suite/case.h"
#include "suite/cases.h"
#include "suite/csv_file.h"
#include "suite/files.h"
#include "suite/json_lines.h"
#include "suite/json_tree.h"
#include "suite/plain_text.h"
#include "suite/text_source.h"
#include "suite/yaml_tree.h"

namespace assay::suite {
namespace {

/// False when there is no room for another case; says so once.
bool has_room(Reader& reader, const Location& where, const std::vector<record::Case>& cases) {
  if (cases.size() < kMaxCases) return true;
  reader.error(where, fmt::format("more than {} cases", kMaxCases), fmt::format("at most {}", kMaxCases),
               "Split the file");
  return false;
}

// --- a list of cases in one YAML or JSON value ---

void read_list_file(Reader& reader, const std::string& path, const Location& asked_at,
                    std::vector<record::Case>& cases) {
  const Result<std::string> bytes = read_unpacked_file(path, kMaxSuiteBytes);
  if (!bytes) {
    Error error = bytes.error();
    error.found = fmt::format("file '{}': {}", path, error.found);
    reader.error_at(asked_at, std::move(error));
    return;
  }
  Tree tree;
  tree.file = path;
  const bool json = without_gz(path).ends_with(".json");
  const bool readable =
      json ? check_text(*bytes, path, reader.errors) && read_json(*bytes, {1, 1}, tree, reader.errors)
           : read_yaml(*bytes, path, tree, reader.errors);
  if (!readable) return;
  const Node list(tree, tree.root);
  if (!reader.is_list(list, "a case file")) return;
  bool room = true;
  for_each_item(list, [&](Node item) {
    room = room && has_room(reader, item.where(), cases);
    if (!room) return;
    if (auto test = read_case(reader, item)) cases.push_back(*std::move(test));
  });
}

// --- a case on each line ---

void read_lines(Reader& reader, const std::string& path, std::vector<record::Case>& cases) {
  for_each_json_line(reader, path, [&](Node node) {
    if (!has_room(reader, node.where(), cases)) return false;
    if (auto test = read_case(reader, node)) cases.push_back(*std::move(test));
    return true;
  });
}

// --- a case in each row ---

/// The columns whose cell may hold JSON; other reserved ones are text; weight, threshold and allow_empty
/// are as YAML reads them.
bool may_hold_json(std::string_view name) {
  return name == "evaluate" || name == "choices" || name == "params" || name == "tools";
}

/// Builds the mapping of one case from the cells of one row.
class RowBuilder {
 public:
  RowBuilder(Reader& reader, const std::string& path, std::vector<Cell> header)
      : reader_(reader), path_(path), header_(std::move(header)) {
    tree_.file = path;
    scratch_.file = path;
  }

  bool check_header() {
    bool good = true;
    const auto wrong = [&](const Cell& cell, std::string found, std::string expected) {
      reader_.error(where(cell.place), std::move(found), std::move(expected), "Repair the header row");
      good = false;
    };
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const Cell& cell = header_[i];
      const auto same = [&](const Cell& other) { return other.text == cell.text; };
      if (!check_text(cell.text, path_, reader_.errors, cell.place))
        good = false;
      else if (!record::is_variable_name(cell.text) || cell.text == "vars")
        wrong(cell, fmt::format("column '{}'", printable(cell.text, 60)),
              "a variable's name or a key of a case");
      else if (std::any_of(header_.begin(), header_.begin() + static_cast<std::ptrdiff_t>(i), same))
        wrong(cell, fmt::format("column '{}' twice", printable(cell.text, 60)), "each column once");
    }
    return good;
  }

  /// The case's mapping; false when the row is wrong, which is reported.
  Node build(const std::vector<Cell>& row) {
    tree_.clear();
    if (row.size() != header_.size()) {
      reader_.error(where(row.front().place), fmt::format("a row of {} cells", row.size()),
                    fmt::format("{}, as in the header", header_.size()), "Put cells with commas in quotes");
      return {};
    }
    const std::uint32_t mapping = tree_.add(Kind::mapping, row.front().place, {});
    const std::uint32_t vars_key = tree_.add(Kind::text, row.front().place, "vars");
    const std::uint32_t vars = tree_.add(Kind::mapping, row.front().place, {});
    tree_.at(mapping).first = vars_key;
    tree_.at(vars_key).next = vars;
    tree_.at(mapping).count = 1;
    std::uint32_t last = vars;
    std::uint32_t last_var = Tree::kNone;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!check_text(row[i].text, path_, reader_.errors, row[i].place)) return {};
      const bool reserved =
          std::find(case_keys().begin(), case_keys().end(), header_[i].text) != case_keys().end();
      if (!reserved)
        add(vars, last_var, header_[i], tree_.add(Kind::text, row[i].place, row[i].text));
      else if (row[i].quoted || !row[i].text.empty())
        add(mapping, last, header_[i], reserved_value(header_[i].text, row[i]));
    }
    return {tree_, mapping};
  }

 private:
  Location where(Place place) const {
    return {path_, static_cast<int>(place.line), static_cast<int>(place.column)};
  }

  void add(std::uint32_t parent, std::uint32_t& last, const Cell& name, std::uint32_t value) {
    const std::uint32_t key = tree_.add(Kind::text, tree_.at(value).place, name.text);
    if (last == Tree::kNone)
      tree_.at(parent).first = key;
    else
      tree_.at(last).next = key;
    tree_.at(key).next = value;
    last = value;
    ++tree_.at(parent).count;
  }

  std::uint32_t reserved_value(std::string_view name, const Cell& cell) {
    const bool json = may_hold_json(name) && (cell.text.starts_with('[') || cell.text.starts_with('{'));
    if (json && read_json(cell.text, cell.place, scratch_, reader_.errors))
      return copy(Node(scratch_, scratch_.root));
    if (name == "tags") return tags(cell);
    const bool typed = name == "weight" || name == "threshold" || name == "allow_empty";
    return tree_.add(typed ? kind_of_plain(cell.text) : Kind::text, cell.place, cell.text);
  }

  std::uint32_t tags(const Cell& cell) {
    const std::uint32_t list = tree_.add(Kind::list, cell.place, {});
    std::uint32_t last = Tree::kNone;
    for (const std::string& tag : split(cell.text, ',')) {
      if (trim(tag).empty()) continue;
      tree_.link(list, last, tree_.add(Kind::text, cell.place, trim(tag)));
      ++tree_.at(list).count;
    }
    return list;
  }

  std::uint32_t copy(Node node) {
    const std::uint32_t self = tree_.add(node.kind(), node.place(), node.text());
    tree_.at(self).count = static_cast<std::uint32_t>(node.count());
    std::uint32_t last = Tree::kNone;
    for (Node child = node.first(); child; child = child.next()) tree_.link(self, last, copy(child));
    return self;
  }

  Reader& reader_;
  const std::string& path_;
  std::vector<Cell> header_;
  Tree tree_;
  Tree scratch_;
};

void read_rows(Reader& reader, const std::string& path, std::vector<record::Case>& cases) {
  std::optional<RowBuilder> builder;
  for_each_csv_row(reader, path, [&](std::vector<Cell>& row) {
    if (!builder) {
      builder.emplace(reader, path, std::move(row));
      return builder->check_header();
    }
    if (!has_room(reader, {path, static_cast<int>(row.front().place.line), 1}, cases)) return false;
    if (const Node node = builder->build(row)) {
      if (auto test = read_case(reader, node)) cases.push_back(*std::move(test));
    }
    return true;
  });
}

}  // namespace

void read_case_file(Reader& reader, const std::string& path, const Location& asked_at,
                    std::vector<record::Case>& cases) {
  const auto ends = [&](std::string_view ending) { return without_gz(path).ends_with(ending); };
  const std::size_t errors_before = reader.error_count();
  const std::size_t cases_before = cases.size();
  if (ends(".jsonl") || ends(".ndjson")) {
    read_lines(reader, path, cases);
  } else if (ends(".csv")) {
    read_rows(reader, path, cases);
  } else if (ends(".yaml") || ends(".yml") || ends(".json")) {
    read_list_file(reader, path, asked_at, cases);
  } else {
    reader.error(asked_at, fmt::format("case file '{}' of an unknown kind", path),
                 "a name ending in .jsonl, .csv, .yaml or .json, packed also with .gz behind it",
                 "Rename it");
    return;
  }
  if (cases.size() == cases_before && reader.error_count() == errors_before) {
    reader.error(asked_at, fmt::format("case file '{}' holds no cases", path), "at least one");
  }
}

}  // namespace assay::suite
