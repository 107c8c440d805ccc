// IFEval's instructions about words: which, how many, in which case.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_checks.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

bool is_upper(std::string_view text) {
  return upper(text) == text && lower(text) != text;
}

bool is_lower(std::string_view text) {
  return lower(text) == text && upper(text) != text;
}

/// Runs of word characters, with hyphens inside.
std::vector<std::string_view> hyphenated_words(std::string_view text) {
  static const Pattern word = *Pattern::compile(R"(\w+(?:-\w+)*)", {.flags = "u", .full = false});
  return matches_of(word, text);
}

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

/// Sentences end with . ! or ? before white space or the end, but not behind a known abbreviation or an
/// initial.
InstructionTest number_sentences(InstructionArgs& args) {
  const auto fits = args.relation("relation", args.whole("num_sentences"));
  static const Pattern end = *Pattern::compile(
      R"((?<!\b[A-Za-z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\b(?:Mrs|etc|Inc|Ltd|e\.g|i\.e))(?<!\bProf)[.!?]+["')\]]*(?=\s|\z))",
      {.flags = "u", .full = false});
  return [fits](std::string_view text) {
    const std::string_view body = trim_space(text);
    const std::vector<std::string_view> ends = matches_of(end, body);
    const bool open = !body.empty() &&
                      (ends.empty() || ends.back().data() + ends.back().size() < body.data() + body.size());
    return fits(static_cast<long>(ends.size()) + (open ? 1 : 0));
  };
}

InstructionTest number_paragraphs(InstructionArgs& args) {
  const long wanted = args.whole("num_paragraphs");
  return [wanted](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "***");
    auto count = static_cast<long>(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!is_blank(parts[i])) continue;
      if (i != 0 && i + 1 != parts.size()) return false;
      --count;
    }
    return count == wanted;
  };
}

InstructionTest number_words(InstructionArgs& args) {
  const auto fits = args.relation("relation", args.whole("num_words"));
  static const Pattern word = *Pattern::compile(R"(\w+)", {.flags = "u", .full = false});
  return [fits](std::string_view text) { return fits(count_of(word, text)); };
}

std::string first_word_of(std::string_view paragraph) {
  std::string_view word = words_of(paragraph).front();
  while (word.starts_with('\'')) word.remove_prefix(1);
  while (word.starts_with('"')) word.remove_prefix(1);
  return lower(word.substr(0, word.find_first_of(".,?!'\"")));
}

/// The index counts empty paragraphs, the total does not.
InstructionTest nth_paragraph_first_word(InstructionArgs& args) {
  const long wanted = args.whole("num_paragraphs");
  const long nth = args.whole("nth_paragraph");
  const std::string word = lower(args.text("first_word"));
  return [wanted, nth, word](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "\n\n");
    const auto count = static_cast<long>(
        parts.size() - static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), is_blank)));
    if (nth < 1 || nth > count || is_blank(parts[static_cast<std::size_t>(nth - 1)])) return false;
    return count == wanted && first_word_of(trim_space(parts[static_cast<std::size_t>(nth - 1)])) == word;
  };
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

constexpr std::array kWords{
    InstructionEntry{"keywords:existence", existence},
    InstructionEntry{"keywords:frequency", frequency},
    InstructionEntry{"keywords:forbidden_words", forbidden_words},
    InstructionEntry{"keywords:letter_frequency", letter_frequency},
    InstructionEntry{"length_constraints:number_sentences", number_sentences},
    InstructionEntry{"length_constraints:number_paragraphs", number_paragraphs},
    InstructionEntry{"length_constraints:number_words", number_words},
    InstructionEntry{"length_constraints:nth_paragraph_first_word", nth_paragraph_first_word},
    InstructionEntry{"change_case:capital_word_frequency", capital_word_frequency},
    InstructionEntry{"change_case:english_capital", all_upper},
    InstructionEntry{"change_case:english_lowercase", all_lower},
};

}  // namespace

std::span<const InstructionEntry> word_instructions() {
  return kWords;
}

}  // namespace assay::evaluator
