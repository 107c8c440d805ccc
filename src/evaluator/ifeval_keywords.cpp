// keywords: words and letters that an answer must or must not have.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

InstructionTest existence(InstructionArgs& args) {
  std::vector<Pattern> patterns;
  for (const std::string& word : args.texts("keywords"))
    patterns.push_back(args.pattern("keywords", word, "iu"));
  return [patterns](std::string_view text) {
    return std::all_of(patterns.begin(), patterns.end(),
                       [&](const Pattern& one) { return one.match(text).state == MatchState::found; });
  };
}

InstructionTest frequency(InstructionArgs& args) {
  const Pattern pattern = args.pattern("keyword", args.text("keyword"), "iu");
  const auto fits = args.relation("relation", args.whole("frequency"));
  return [pattern, fits](std::string_view text) { return fits(count_of(pattern, text)); };
}

InstructionTest forbidden_words(InstructionArgs& args) {
  std::vector<Pattern> patterns;
  for (const std::string& word : args.texts("forbidden_words"))
    patterns.push_back(args.pattern("forbidden_words", "\\b" + word + "\\b", "iu"));
  return [patterns](std::string_view text) {
    return std::none_of(patterns.begin(), patterns.end(),
                        [&](const Pattern& one) { return one.match(text).state == MatchState::found; });
  };
}

InstructionTest letter_frequency(InstructionArgs& args) {
  const std::string letter = lower(args.text("letter"));
  const auto fits = args.relation("let_relation", args.whole("let_frequency"));
  return [letter, fits](std::string_view text) {
    return fits(letter.empty() ? 0 : static_cast<long>(split_at(lower(text), letter).size()) - 1);
  };
}

constexpr std::array kKeywordInstructions{
    InstructionEntry{"keywords:existence", existence},
    InstructionEntry{"keywords:frequency", frequency},
    InstructionEntry{"keywords:forbidden_words", forbidden_words},
    InstructionEntry{"keywords:letter_frequency", letter_frequency},
};

}  // namespace

std::span<const InstructionEntry> keyword_instructions() {
  return kKeywordInstructions;
}

}  // namespace assay::evaluator
