// `prompt`, `messages`, `system`, `raw`: the question, and whether every case fills it.
#pragma once

#include <string_view>
#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// The template, and where each message's text begins in the file.
struct PromptSource {
  record::PromptTemplate prompt;
  std::vector<Location> places;  ///< parallel to prompt.messages
};

PromptSource read_prompt(Reader& reader, Node suite_node);

/// Every variable of the template is defined in every case; a variable that no template uses is a warning.
/// `text` is the suite file, where the variable's exact place is looked up.
void check_variables(Reader& reader, const PromptSource& source, const std::vector<record::Case>& cases,
                     std::string_view text);

}  // namespace assay::suite
