// change_case and language: cases, and the language that an answer is written in.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "evaluator/evaluator.h"
#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/language_detector.h"
#include "evaluator/options.h"

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

/// The reference counts what no language can be told of as written in the one that was asked for.
bool written_in(std::string_view code, std::string_view text) {
  return language_of(text).value_or(std::string(code)) == code;
}

InstructionTest english_capital(InstructionArgs& /*args*/) {
  return [](std::string_view text) { return is_upper(text) && written_in("en", text); };
}

InstructionTest english_lowercase(InstructionArgs& /*args*/) {
  return [](std::string_view text) { return is_lower(text) && written_in("en", text); };
}

InstructionTest response_language(InstructionArgs& args) {
  if (!has_language_detector()) {
    args.refuse(suite_error(
        "the instruction language:response_language needs a language detector, and this build has none",
        "another instruction", "Install CLD2 (Debian: libcld2-dev) and build again, or leave such rows out"));
  }
  const std::string code = args.text("language");
  const auto known = language_codes();
  if (std::find(known.begin(), known.end(), code) == known.end())
    args.fault("language", "is " + as_quoted(code),
               "one of: " + join(std::vector<std::string>(known.begin(), known.end()), ", "));
  return [code](std::string_view text) { return written_in(code, text); };
}

constexpr std::array kLanguageInstructions{
    InstructionEntry{"change_case:capital_word_frequency", capital_word_frequency},
    InstructionEntry{"change_case:english_capital", english_capital},
    InstructionEntry{"change_case:english_lowercase", english_lowercase},
    InstructionEntry{"language:response_language", response_language},
};

}  // namespace

std::span<const InstructionEntry> language_instructions() {
  return kLanguageInstructions;
}

}  // namespace assay::evaluator
