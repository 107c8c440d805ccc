#include "evaluator/whisper_text.h"

#include "evaluator/english_text.h"
#include "evaluator/text_rules.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

std::string without_symbols(std::string_view text) {
  const std::string composed = nfkc(text);
  std::string plain;
  for (std::size_t at = 0; at < composed.size();) {
    const CodePoint c = code_point_at(composed, at);
    if (is_mark_or_symbol(c.value))
      plain.push_back(' ');
    else
      plain.append(composed, at, c.length);
    at += c.length;
  }
  return plain;
}

}  // namespace

std::optional<std::string> whisper_english(std::string_view text) {
  static const EnglishText english({.fillers = {"hmm", "mm", "mhm", "mmm", "uh", "um"},
                                    .is_after = {},
                                    .compounds = {},
                                    .spelling = american_spelling(),
                                    .names = {}});
  return english(text);
}

std::optional<std::string> whisper_basic(std::string_view text) {
  static const Replacer brackets(kBracketRules);
  std::optional<std::string> made = brackets(python_lower(text));
  if (made) made = collapse_space(python_lower(without_symbols(*made)));
  return made;
}

}  // namespace assay::evaluator
