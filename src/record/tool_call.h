// Functions that a suite offers to a model, and the calls that a model makes of them, as data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "record/value.h"

namespace assay::record {

/// One function that a model may call.
struct Tool {
  std::string name;
  std::string description{};
  Value parameters{};            ///< JSON schema of the arguments; null: it takes none
  std::optional<bool> strict{};  ///< sent as it is; absent: not sent
  Location where{};
  bool operator==(const Tool&) const = default;
};

/// One call, as the server gave it.
struct ToolCall {
  std::string name;
  std::string arguments;  ///< JSON as text, or whatever the model wrote instead; may be empty
  bool operator==(const ToolCall&) const = default;
};

/// {"type": "function", "function": {…}}, the form of OpenAI's API, which most servers take.
Json to_json(const Tool& tool);
/// [{"name", "arguments"}, …] with the arguments as text.
Json to_json(const std::vector<ToolCall>& calls);
/// {"name", "arguments"}, or the same under "function". The arguments are text, or a value, which becomes
/// text. Absent: there is no name.
std::optional<ToolCall> tool_call_from(const Json& object);
/// The inverse of to_json(). Absent: no list of calls. A null is an empty list.
std::optional<std::vector<ToolCall>> tool_calls_from(const Json& list);

}  // namespace assay::record
