#include "suite/case.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "record/template.h"
#include "suite/checks.h"
#include "suite/files.h"
#include "suite/params.h"
#include "suite/tools.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 16> kCaseKeys{
    "id",        "vars",    "expect",      "image",   "audio",     "evaluate", "tags",        "weight",
    "threshold", "choices", "allow_empty", "cluster", "on_length", "params",   "rotation_of", "tools"};
constexpr std::size_t kMaxIdBytes = 256;
constexpr double kMaxWeight = 1e6;

void read_id(Reader& reader, Node node, record::Case& test) {
  const auto id = reader.label(node, "id");
  if (!id) return;
  if (id->empty() || id->size() > kMaxIdBytes) {
    reader.error(node.where(), fmt::format("a case id of {} bytes", id->size()),
                 fmt::format("1 to {} bytes", kMaxIdBytes));
    return;
  }
  test.id = *id;
}

void read_vars(Reader& reader, Node node, record::Case& test) {
  if (node.is(Kind::null) || !reader.is_mapping(node, "vars")) return;
  test.vars.reserve(node.count());
  for_each_pair(node, [&](Node key, Node value) {
    if (!reader.benchy && !record::is_variable_name(key.text())) {
      reader.error(key.where(), fmt::format("'{}' as a variable's name", printable(key.text(), 60)),
                   "letters, digits, '_', '-' and '.'", "Rename it");
      return;
    }
    test.vars.emplace_back(std::string(key.text()), value_of(value));
  });
}

std::vector<std::string> read_media(Reader& reader, Node node, std::string_view what) {
  std::vector<std::string> paths;
  const auto add = [&](Node item) {
    if (auto path = existing_file(reader, item, what)) paths.push_back(*std::move(path));
  };
  if (node.is(Kind::list))
    for_each_item(node, add);
  else if (!node.is(Kind::null))
    add(node);
  return paths;
}

void read_choices(Reader& reader, Node node, record::Case& test) {
  if (!reader.is_list(node, "choices")) return;
  for_each_item(node, [&](Node item) { test.choices.push_back(value_of(item)); });
}

/// What changes a request has scope `request`; anything else would load the model again for one case.
void read_case_params(Reader& reader, Node node, record::Case& test) {
  test.params = read_params(reader, node, "the case's params");
  for (const auto& [name, value] : record::with_scope(test.params, record::ParamScope::load)) {
    reader.error(
        node.find_key(name).where(), fmt::format("{} in the params of a case", name),
        "parameters of a request",
        fmt::format("{} needs the model to be loaded again; set it in params, or sweep over it", name));
  }
}

void read_on_length(Reader& reader, Node node, record::Case& test) {
  constexpr std::array kMeaning{record::OnLength::incomplete, record::OnLength::if_extracted,
                                record::OnLength::grade};
  if (const auto at = reader.choice(node, "on_length", {"incomplete", "if-extracted", "grade"}))
    test.on_length = kMeaning[*at];
}

std::string relative_to(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : std::filesystem::path(path).lexically_relative(folder).string();
}

}  // namespace

std::span<const std::string_view> case_keys() {
  return kCaseKeys;
}

std::optional<record::Case> read_case(Reader& reader, Node node) {
  if (!reader.is_mapping(node, "a case")) return std::nullopt;
  reader.check_keys(node, kCaseKeys, "a case");
  record::Case test;
  test.where = node.where();
  for_each_pair(node, [&](Node key, Node value) {
    const std::string_view name = key.text();
    if (name == "id")
      read_id(reader, value, test);
    else if (name == "vars")
      read_vars(reader, value, test);
    else if (name == "expect")
      test.expect = value_of(value);
    else if (name == "image")
      test.images = read_media(reader, value, "image");
    else if (name == "audio")
      test.audio = read_media(reader, value, "audio");
    else if (name == "evaluate")
      test.checks = read_checks(reader, value);
    else if (name == "tags")
      test.tags = reader.labels(value, "tags").value_or(std::vector<std::string>{});
    else if (name == "weight")
      test.weight = reader.real(value, "weight", 0, kMaxWeight).value_or(1);
    else if (name == "threshold")
      test.threshold = reader.real(value, "threshold", 0, 1);
    else if (name == "choices")
      read_choices(reader, value, test);
    else if (name == "allow_empty")
      test.allow_empty = reader.boolean(value, "allow_empty").value_or(false);
    else if (name == "cluster")
      test.cluster = reader.label(value, "cluster").value_or("");
    else if (name == "rotation_of")
      test.rotation_of = reader.label(value, "rotation_of").value_or("");
    else if (name == "tools")
      test.tools = read_tools(reader, value);
    else if (name == "on_length")
      read_on_length(reader, value, test);
    else if (name == "params")
      read_case_params(reader, value, test);
  });
  return test;
}

std::string content_id(const record::Case& test, const std::string& folder) {
  std::vector<const std::pair<std::string, record::Value>*> vars;
  for (const auto& var : test.vars) vars.push_back(&var);
  std::sort(vars.begin(), vars.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string bytes;
  for (const auto* var : vars) bytes += fmt::format("var {} {}\n", var->first, canonical(var->second));
  if (test.expect) bytes += fmt::format("expect {}\n", canonical(*test.expect));
  for (const record::Value& choice : test.choices) bytes += fmt::format("choice {}\n", canonical(choice));
  for (const std::string& path : test.images) bytes += fmt::format("image {}\n", relative_to(folder, path));
  for (const std::string& path : test.audio) bytes += fmt::format("audio {}\n", relative_to(folder, path));
  for (const record::Tool& tool : test.tools) bytes += fmt::format("tool {}\n", dump(record::to_json(tool)));
  if (!test.params.empty()) bytes += fmt::format("params {}\n", dump(record::to_json(test.params)));
  return short_hash(bytes, 12);
}

}  // namespace assay::suite
