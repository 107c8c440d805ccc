// `tools`: the functions that a model may call, of the suite or of one case.
#pragma once

#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// A list of {name, description, parameters, strict}, or of the same under `function`, as OpenAI's API has
/// it. Mistakes are reported.
std::vector<record::Tool> read_tools(Reader& reader, Node node);

/// Reports tools in a suite whose prompts cannot carry them. Call when prompt, method and cases are read.
void check_tools(Reader& reader, Node root, const record::Suite& suite);

/// Flow mapping, the inverse of read_tools() for one tool.
std::string tool_text(const record::Tool& tool);

}  // namespace assay::suite
