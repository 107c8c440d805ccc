#include "suite/tools.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "suite/files.h"
#include "suite/yaml_text.h"

namespace assay::suite {
namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::array<std::string_view, 4> kToolKeys{"name", "description", "parameters", "strict"};

bool is_tool_name(std::string_view name) {
  static constexpr std::string_view kMarks = "_-.";
  return !name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// The mapping that describes the function: `node` itself, or what OpenAI's form wraps.
Node function_of(Reader& reader, Node node) {
  constexpr std::array<std::string_view, 2> kWrapperKeys{"type", "function"};
  if (!reader.is_mapping(node, "a tool")) return {};
  const Node function = node.find("function");
  if (!function) return node;
  reader.check_keys(node, kWrapperKeys, "a tool");
  if (const Node type = node.find("type")) static_cast<void>(reader.choice(type, "type", {"function"}));
  return reader.is_mapping(function, "function") ? function : Node{};
}

void read_parameters(Reader& reader, Node node, record::Tool& tool) {
  auto value = value_or_file(reader, node);
  if (!value) return;
  if (value->kind == record::Value::Kind::mapping) {
    tool.parameters = *std::move(value);
    return;
  }
  reader.error(node.where(), fmt::format("parameters of a tool is {}", record::name_of(value->kind)),
               "a JSON schema",
               "Write: {type: object, properties: {city: {type: string}}, required: [city]}");
}

std::optional<record::Tool> read_tool(Reader& reader, Node node) {
  const Node function = function_of(reader, node);
  if (!function) return std::nullopt;
  reader.check_keys(function, kToolKeys, "a tool");
  record::Tool tool;
  tool.where = node.where();
  const Node name = function.find("name");
  if (!name) {
    reader.error(function.where(), "a tool without a name", "the name by which it is called",
                 "Write: {name: get_weather, parameters: {type: object}}");
    return std::nullopt;
  }
  tool.name = reader.text(name, "name").value_or("");
  if (!is_tool_name(tool.name)) {
    if (name.is(Kind::text))
      reader.error(name.where(), fmt::format("'{}' as the name of a tool", printable(tool.name, 60)),
                   fmt::format("1 to {} letters, digits, '_', '-' and '.'", kMaxNameBytes), "Rename it");
    return std::nullopt;
  }
  if (const Node description = function.find("description"))
    tool.description = reader.text(description, "description").value_or("");
  if (const Node strict = function.find("strict")) tool.strict = reader.boolean(strict, "strict");
  if (const Node parameters = function.find("parameters")) read_parameters(reader, parameters, tool);
  return tool;
}

}  // namespace

std::vector<record::Tool> read_tools(Reader& reader, Node node) {
  std::vector<record::Tool> tools;
  if (!reader.is_list(node, "tools")) return tools;
  for_each_item(node, [&](Node item) {
    auto tool = read_tool(reader, item);
    if (!tool) return;
    const bool taken = std::any_of(tools.begin(), tools.end(),
                                   [&](const record::Tool& other) { return other.name == tool->name; });
    if (taken)
      reader.error(item.where(), fmt::format("two tools with the name '{}'", tool->name),
                   "names that tell tools apart", "Rename one");
    else
      tools.push_back(*std::move(tool));
  });
  if (node.count() == 0)
    reader.error(node.where(), "tools is empty", "at least one tool", "Remove it, or fill it");
  return tools;
}

void check_tools(Reader& reader, Node root, const record::Suite& suite) {
  const bool scored = suite.log_likelihood.has_value();
  if (!suite.prompt.raw && !scored) return;
  const std::string_view beside = scored ? "method: loglikelihood" : "raw: true";
  const auto report = [&](const Location& where) {
    reader.error(where, fmt::format("tools beside '{}'", beside), "one of them",
                 scored ? "Nothing is generated, so nothing can be called"
                        : "A prompt without chat template has no place for them: write them into it, and "
                          "use tool-call with parse: text");
  };
  if (const Node tools = root.find_key("tools")) report(tools.where());
  for (const record::Case& test : suite.cases) {
    if (!test.tools.empty()) return report(test.where);
  }
}

std::string tool_text(const record::Tool& tool) {
  std::string text = "{name: " + scalar(tool.name);
  if (!tool.description.empty()) text += ", description: " + scalar(tool.description);
  if (tool.parameters.kind != record::Value::Kind::null) text += ", parameters: " + flow(tool.parameters);
  if (tool.strict) text += fmt::format(", strict: {}", *tool.strict);
  return text + "}";
}

}  // namespace assay::suite
