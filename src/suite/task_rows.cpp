#include "suite/task_rows.h"

#include <fmt/format.h>

#include "base/file.h"
#include "suite/cases.h"
#include "suite/files.h"
#include "suite/json_lines.h"
#include "suite/json_tree.h"
#include "suite/plain_text.h"

namespace assay::suite {

Node Row::field(std::string_view name, std::string_view wanted) {
  const Node found = node_.is(Kind::mapping) ? node_.find(name) : Node{};
  if (!fault_ && !node_.is(Kind::mapping)) fault_ = fmt::format("a row that is {}", shown(node_));
  if (!fault_ && !found) fault_ = fmt::format("a row without '{}'", name);
  const bool list = wanted == "a list";
  const bool fits = found && (list ? found.is(Kind::list)
                                   : found.is(Kind::text) || (wanted == "a label" && found.is(Kind::number)));
  if (!fault_ && !fits) fault_ = fmt::format("'{}' is {}, and should be {}", name, shown(found), wanted);
  return fits ? found : Node{};
}

std::string Row::text(std::string_view name) {
  const Node found = field(name, "a text");
  return found ? unix_lines(std::string(found.text())) : std::string();
}

std::string Row::text_or_empty(std::string_view name) {
  return has(name) && !node_.find(name).is(Kind::null) ? text(name) : std::string();
}

std::vector<std::string> Row::texts(std::string_view name) {
  std::vector<std::string> all;
  const Node found = field(name, "a list");
  if (!found) return all;
  for_each_item(found, [&](Node item) {
    if (!item.is(Kind::text) && !fault_)
      fault_ = fmt::format("'{}' holds {}, and should hold texts", name, shown(item));
    all.push_back(unix_lines(std::string(item.text())));
  });
  return all;
}

std::string Row::label(std::string_view name) {
  const Node found = field(name, "a label");
  return found ? std::string(found.text()) : std::string();
}

void TaskReader::add(Node node, const std::function<std::optional<record::Case>(Row&)>& make) {
  Row row(node);
  std::optional<record::Case> made = make(row);
  if (!made && !row.fault()) return;
  ++rows;
  if (row.fault()) {
    constexpr std::string_view kExpected = "a row as the task was published";
    if (request_.skip_bad) {
      reader_.warning(row.where(), *row.fault() + "; the row is left out", std::string(kExpected));
    } else {
      reader_.error(row.where(), *row.fault(), std::string(kExpected),
                    "Repair it, or list such rows: skip_bad: true");
    }
    return;
  }
  made->where = row.where();
  if (cases.size() < std::min(request_.limit.value_or(kMaxCases), kMaxCases))
    cases.push_back(*std::move(made));
}

void TaskReader::for_each_row(const std::function<std::optional<record::Case>(Row&)>& make) {
  if (!request_.path.ends_with(".json")) {
    for_each_json_line(reader_, request_.path, [&](Node node) {
      add(node, make);
      return true;
    });
    return;
  }
  const Result<std::string> bytes = read_file(request_.path, kMaxSuiteBytes);
  if (!bytes) return reader_.error_at(request_.where, bytes.error());
  Tree tree;
  tree.file = request_.path;
  if (!check_text(*bytes, request_.path, reader_.errors) || !read_json(*bytes, {1, 1}, tree, reader_.errors))
    return;
  const Node list(tree, tree.root);
  if (reader_.is_list(list, "a file of tasks")) for_each_item(list, [&](Node item) { add(item, make); });
}

record::Value mapping_of(std::initializer_list<std::pair<std::string_view, record::Value>> pairs) {
  record::Value mapping{.kind = Kind::mapping, .text = {}, .items = {}, .keys = {}};
  for (const auto& [name, value] : pairs) {
    if (value.kind == Kind::text && value.text.empty()) continue;
    mapping.keys.emplace_back(name);
    mapping.items.push_back(value);
  }
  return mapping;
}

record::Value list_of(const std::vector<std::string>& texts) {
  record::Value list{.kind = Kind::list, .text = {}, .items = {}, .keys = {}};
  for (const std::string& text : texts) list.items.push_back(record::Value::of_text(text));
  return list;
}

std::string unix_lines(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out.push_back(text[i]);
  }
  return out;
}

}  // namespace assay::suite
