// Why an answer ended, in assay's words.
#pragma once

#include <string>
#include <string_view>

namespace assay::evaluator {

/// stop, length, content_filter, tool_calls or unknown, from what a server or an author calls it
/// (`max_tokens`, `model_length` and `eos` are such names). Empty text: empty. Anything else: as it is.
std::string finish_word(std::string_view word);

}  // namespace assay::evaluator
