// length_constraints: how many sentences, paragraphs and words.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

/// Sentences end with . ! or ? before white space or the end, but not behind a known abbreviation or an
/// initial.
InstructionTest number_sentences(InstructionArgs& args) {
  const auto fits = args.relation("relation", args.whole("num_sentences"));
  static const Pattern end = *Pattern::compile(
      R"((?<!\b[A-Za-z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\b(?:Mrs|etc|Inc|Ltd|e\.g|i\.e))(?<!\bProf)[.!?]+["')\]]*(?=\s|\z))",
      {.flags = "u", .full = false});
  return [fits](std::string_view text) {
    const std::string_view body = trim_space(text);
    const std::vector<std::string_view> ends = matches(end, body);
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
      if (!blank(parts[i])) continue;
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
        parts.size() - static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), blank)));
    if (nth < 1 || nth > count || blank(parts[static_cast<std::size_t>(nth - 1)])) return false;
    return count == wanted && first_word_of(trim_space(parts[static_cast<std::size_t>(nth - 1)])) == word;
  };
}

constexpr std::array kLengthInstructions{
    InstructionEntry{"length_constraints:number_sentences", number_sentences},
    InstructionEntry{"length_constraints:number_paragraphs", number_paragraphs},
    InstructionEntry{"length_constraints:number_words", number_words},
    InstructionEntry{"length_constraints:nth_paragraph_first_word", nth_paragraph_first_word},
};

}  // namespace

std::span<const InstructionEntry> length_instructions() {
  return kLengthInstructions;
}

}  // namespace assay::evaluator
