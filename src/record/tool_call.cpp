#include "record/tool_call.h"

namespace assay::record {

Json to_json(const Tool& tool) {
  Json function{{"name", tool.name}};
  if (!tool.description.empty()) function["description"] = tool.description;
  if (tool.parameters.kind != Value::Kind::null) function["parameters"] = to_json(tool.parameters);
  if (tool.strict) function["strict"] = *tool.strict;
  return {{"type", "function"}, {"function", std::move(function)}};
}

Json to_json(const std::vector<ToolCall>& calls) {
  Json list = Json::array();
  for (const ToolCall& call : calls) list.push_back({{"name", call.name}, {"arguments", call.arguments}});
  return list;
}

std::optional<ToolCall> tool_call_from(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto wrapped = object.find("function");
  const Json& inner = wrapped != object.end() && wrapped->is_object() ? *wrapped : object;
  const auto name = inner.find("name");
  if (name == inner.end() || !name->is_string()) return std::nullopt;
  ToolCall call{.name = name->get<std::string>(), .arguments = {}};
  if (const auto arguments = inner.find("arguments"); arguments != inner.end() && !arguments->is_null())
    call.arguments = arguments->is_string() ? arguments->get<std::string>() : dump(*arguments);
  return call;
}

std::optional<std::vector<ToolCall>> tool_calls_from(const Json& list) {
  std::vector<ToolCall> calls;
  if (list.is_null()) return calls;
  if (!list.is_array()) return std::nullopt;
  for (const Json& one : list) {
    auto call = tool_call_from(one);
    if (!call) return std::nullopt;
    calls.push_back(*std::move(call));
  }
  return calls;
}

}  // namespace assay::record
