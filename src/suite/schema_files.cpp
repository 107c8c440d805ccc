#include "suite/schema_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "suite/files.h"

namespace assay::suite {
namespace {

using record::Value;

constexpr std::string_view kScheme = "file://";
constexpr std::string_view kDefinitions = "definitions";

/// Keys whose value is data, where a `$ref` is no reference.
bool holds_data(std::string_view key) {
  constexpr std::array<std::string_view, 5> kData{"const", "enum", "default", "examples", "required"};
  return std::find(kData.begin(), kData.end(), key) != kData.end();
}

/// Keys whose value gives schemas names: a name may be `const` or `$ref`.
bool names_schemas(std::string_view key) {
  constexpr std::array<std::string_view, 5> kNames{"properties", "patternProperties", "dependencies",
                                                   "definitions", "$defs"};
  return std::find(kNames.begin(), kNames.end(), key) != kNames.end();
}

/// Calls visit(text) for the text of every `$ref` of a schema, at any depth.
template <class Visit>
void for_each_reference(Value& schema, const Visit& visit) {
  for (std::size_t i = 0; i < schema.items.size(); ++i) {
    Value& item = schema.items[i];
    const std::string_view key = schema.keys.empty() ? std::string_view{} : schema.keys[i];
    if (key == "$ref" && item.kind == Value::Kind::text) {
      visit(item.text);
    } else if (names_schemas(key)) {
      for (Value& named : item.items) for_each_reference(named, visit);
    } else if (!holds_data(key)) {
      for_each_reference(item, visit);
    }
  }
}

/// One step of a JSON pointer (RFC 6901).
std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return step;
}

class Bundle {
 public:
  Bundle(Reader& reader, Node node, Value& root) : reader_(reader), node_(node), root_(root) {}

  void run() {
    // A schema out of a file has its paths from there, and its # is the whole document all the same.
    const bool from_file = is_file_reference(node_);
    const std::string file =
        from_file ? resolve(reader_.folder, std::string(node_.text().substr(kScheme.size()))) : "";
    const std::string folder = from_file ? folder_of(file) : reader_.folder;
    if (from_file) keys_.emplace(normal(file), "");
    for_each_reference(root_, [&](std::string& text) { redirect(text, folder); });
    for (std::size_t i = 0; i < waiting_.size() && !failed_; ++i) {  // grows: files name further ones
      const std::string own = pointer_to(waiting_[i].key);
      const std::string own_folder = folder_of(waiting_[i].path);
      // Apart, because waiting_ grows while the references are followed.
      Value content = std::move(waiting_[i].content);
      for_each_reference(content, [&](std::string& text) {
        if (text.starts_with('#'))
          text.insert(1, own);
        else
          redirect(text, own_folder);
      });
      waiting_[i].content = std::move(content);
    }
    if (!failed_) add_definitions();
  }

 private:
  struct File {
    std::string path;
    std::string key;  ///< its name under definitions
    Value content;
  };

  static std::string normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().string();
  }

  static std::string pointer_to(std::string_view key) {
    return key.empty() ? std::string() : pointer_step(kDefinitions) + pointer_step(key);
  }

  void redirect(std::string& text, const std::string& folder) {
    const bool local = text.starts_with(kScheme) || text.find("://") == std::string::npos;
    if (text.empty() || text.starts_with('#') || !local) return;
    const std::size_t hash = std::min(text.find('#'), text.size());
    const std::size_t begin = text.starts_with(kScheme) ? kScheme.size() : 0;
    const std::string path = resolve(folder, text.substr(begin, hash - begin));
    const std::optional<std::string> key = key_of(path, text);
    if (!key) return;
    text = "#" + pointer_to(*key) + (hash < text.size() ? text.substr(hash + 1) : "");
  }

  /// The name of the file's copy; reads it when it is met first.
  std::optional<std::string> key_of(const std::string& path, const std::string& reference) {
    const auto known = keys_.find(normal(path));
    if (known != keys_.end()) return known->second;
    if (failed_) return std::nullopt;
    if (waiting_.size() == kMostSchemaFiles) return give_up("more files", "at most 64 files in one schema");
    if (!path.ends_with(".json") && !path.ends_with(".yaml") && !path.ends_with(".yml"))
      return give_up(fmt::format("$ref '{}', which is no .json or .yaml file", printable(reference, 80)),
                     "# and a pointer into the same schema, or a file beside it");
    std::optional<Value> content = read_value_file(reader_, node_.where(), path);
    if (!content) {
      failed_ = true;
      return std::nullopt;
    }
    const std::string key = unused_key(std::filesystem::path(path).filename().string());
    keys_.emplace(normal(path), key);
    waiting_.push_back({path, key, *std::move(content)});
    return key;
  }

  std::optional<std::string> give_up(std::string found, std::string expected) {
    failed_ = true;
    reader_.error(node_.where(), "the schema has " + std::move(found), std::move(expected));
    return std::nullopt;
  }

  std::string unused_key(const std::string& name) const {
    const Value* definitions = root_.find(kDefinitions);
    const auto taken = [&](const std::string& key) {
      return (definitions != nullptr && definitions->find(key) != nullptr) ||
             std::any_of(waiting_.begin(), waiting_.end(), [&](const File& file) { return file.key == key; });
    };
    std::string key = name;
    for (int n = 2; taken(key); ++n) key = fmt::format("{}-{}", name, n);
    return key;
  }

  void add_definitions() {
    if (waiting_.empty()) return;
    auto at = std::find(root_.keys.begin(), root_.keys.end(), kDefinitions);
    if (at == root_.keys.end()) {
      root_.keys.emplace_back(kDefinitions);
      root_.items.push_back({.kind = Value::Kind::mapping, .text = {}, .items = {}, .keys = {}});
      at = root_.keys.end() - 1;
    }
    Value& definitions = root_.items[static_cast<std::size_t>(at - root_.keys.begin())];
    if (definitions.kind != Value::Kind::mapping) return;  // the evaluator says what is wrong with it
    for (File& file : waiting_) {
      definitions.keys.push_back(file.key);
      definitions.items.push_back(std::move(file.content));
    }
  }

  Reader& reader_;
  Node node_;
  Value& root_;
  std::map<std::string, std::string> keys_;  ///< path → name under definitions; "" is the root
  std::vector<File> waiting_;                ///< in the order in which they were met
  bool failed_ = false;
};

}  // namespace

void bundle_schema(Reader& reader, Node node, Value& schema) {
  if (schema.kind == Value::Kind::mapping) Bundle(reader, node, schema).run();
}

}  // namespace assay::suite
