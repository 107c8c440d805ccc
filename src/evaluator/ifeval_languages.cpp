// change_case and language: cases, and the language that an answer is written in.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"

namespace assay::evaluator {
namespace {

/// Runs of word characters, with hyphens inside.
std::vector<std::string_view> hyphenated_words(std::string_view text) {
  static const Pattern word = *Pattern::compile(R"(\w+(?:-\w+)*)", {.flags = "u", .full = false});
  return matches(word, text);
}

InstructionTest capital_word_frequency(InstructionArgs& args) {
  const auto fits = args.relation("capital_relation", args.whole("capital_frequency"));
  return [fits](std::string_view text) {
    const std::vector<std::string_view> words = hyphenated_words(text);
    return fits(static_cast<long>(std::count_if(words.begin(), words.end(), is_upper)));
  };
}

InstructionTest all_upper(InstructionArgs& /*args*/) {
  return [](std::string_view text) { return is_upper(text); };
}

InstructionTest all_lower(InstructionArgs& /*args*/) {
  return [](std::string_view text) { return is_lower(text); };
}

constexpr std::array kLanguageInstructions{
    InstructionEntry{"change_case:capital_word_frequency", capital_word_frequency},
    InstructionEntry{"change_case:english_capital", all_upper},
    InstructionEntry{"change_case:english_lowercase", all_lower},
};

}  // namespace

std::span<const InstructionEntry> language_instructions() {
  return kLanguageInstructions;
}

}  // namespace assay::evaluator
