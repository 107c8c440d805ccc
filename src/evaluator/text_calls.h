// Calls of tools that stand as JSON in a text, for models whose server does not take them out of it.
#pragma once

#include <string_view>
#include <vector>

#include "evaluator/toolbox.h"
#include "record/tool_call.h"

namespace assay::evaluator {

struct TextCalls {
  std::vector<record::ToolCall> calls;  ///< in the text's order
  bool limit = false;                   ///< the text is built so that looking on would take too long
};

/// Every JSON object or array of the text, whatever stands around it, is looked at: {"name", "arguments"}
/// (or "parameters"), the same under "function", a list of these, or a list under "tool_calls". An object
/// with a name alone is a call when `tools` (may be nullptr) offers that name. Arguments are objects, or
/// text.
TextCalls calls_in(std::string_view text, const Toolbox* tools);

}  // namespace assay::evaluator
