// A command line as llama-bench's users write it → one that the parser of `assay bench` takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::cli {

/// llama-bench's names of several letters behind one hyphen (-ngl, -pg, -ub, …), which would otherwise be
/// read as letters, and its underscores in long names (--n_gen) become our long names. Command lines of other
/// commands stay as they are. Call before anything reads the arguments.
/// Errors: bad_input, for an option that llama-bench has and assay bench has not.
Result<std::vector<std::string>> with_long_names(std::vector<std::string> arguments);

/// The name of that kind for our long name ("--prompt-gen" → "-pg"), or empty.
std::string_view llama_bench_name(std::string_view long_name);

}  // namespace assay::cli
