#include "evaluator/finish_word.h"

#include <algorithm>
#include <array>

namespace assay::evaluator {
namespace {

struct Alias {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kAliases{
    Alias{"max_tokens", "length"},     Alias{"model_length", "length"}, Alias{"MAX_TOKENS", "length"},
    Alias{"end_turn", "stop"},         Alias{"stop_sequence", "stop"},  Alias{"eos", "stop"},
    Alias{"eos_token", "stop"},        Alias{"tool_use", "tool_calls"}, Alias{"function_call", "tool_calls"},
    Alias{"safety", "content_filter"},
};

}  // namespace

std::string finish_word(std::string_view word) {
  const auto alias =
      std::find_if(kAliases.begin(), kAliases.end(), [&](const Alias& a) { return a.theirs == word; });
  return std::string(alias == kAliases.end() ? word : alias->ours);
}

}  // namespace assay::evaluator
