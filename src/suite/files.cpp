#include "suite/files.h"

#include <fmt/format.h>

#include "base/file.h"
#include "suite/json_tree.h"
#include "suite/plain_text.h"
#include "suite/yaml_tree.h"

namespace assay::suite {
namespace {

constexpr std::string_view kScheme = "file://";

}  // namespace

bool is_file_reference(Node node) {
  return node.is(Kind::text) && !node.literal() && node.text().starts_with(kScheme);
}

std::optional<record::Value> read_referenced(Reader& reader, Node node) {
  return read_value_file(reader, node.where(),
                         resolve(reader.folder, std::string(node.text().substr(kScheme.size()))));
}

std::optional<record::Value> read_value_file(Reader& reader, const Location& where, const std::string& path) {
  const Result<std::string> bytes = read_file(path, kMaxReferencedBytes);
  if (!bytes) {
    Error error = bytes.error();
    error.found = fmt::format("file '{}': {}", path, error.found);
    if (error.expected.empty()) error.expected = "a file that can be read";
    if (error.remedy.empty()) error.remedy = "Paths start at the suite file";
    reader.error_at(where, std::move(error));
    return std::nullopt;
  }
  Tree tree;
  tree.file = path;
  if (path.ends_with(".json")) {
    if (!check_text(*bytes, path, reader.errors) || !read_json(*bytes, {1, 1}, tree, reader.errors))
      return std::nullopt;
  } else if (path.ends_with(".yaml") || path.ends_with(".yml")) {
    if (!read_yaml(*bytes, path, tree, reader.errors)) return std::nullopt;
  } else {
    if (!check_text(*bytes, path, reader.errors)) return std::nullopt;
    return record::Value::of_text(*bytes);
  }
  return value_of(Node(tree, tree.root));
}

std::optional<record::Value> value_or_file(Reader& reader, Node node) {
  if (is_file_reference(node)) return read_referenced(reader, node);
  return value_of(node);
}

std::optional<std::string> existing_file(Reader& reader, Node node, std::string_view what) {
  const auto given = reader.text(node, what);
  if (!given) return std::nullopt;
  std::string path = resolve(reader.folder, *given);
  if (file_exists(path)) return path;
  reader.error(node.where(), fmt::format("{} '{}' not found", what, path), "a file that exists",
               "Paths start at the suite file", Code::not_found);
  return std::nullopt;
}

}  // namespace assay::suite
