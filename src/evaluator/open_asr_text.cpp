#include "evaluator/open_asr_text.h"

#include "base/check.h"
#include "base/json.h"
#include "evaluator/english_text.h"
#include "evaluator/open_asr_words.h"

namespace assay::evaluator {
namespace {

/// The leaderboard's list of spellings is whisper's but for some twenty words, and those are what the file
/// holds.
WordMap spelling_of(const Json& lists) {
  WordMap spelling = american_spelling();
  for (const Json& word : lists["spelling_of_whisper_only"]) spelling.erase(word.get<std::string>());
  for (const auto& [word, other] : lists["spelling_beyond_whisper"].items())
    spelling.insert_or_assign(word, other.get<std::string>());
  return spelling;
}

EnglishVariant variant_of(const Json& lists) {
  return {.fillers = lists["fillers"].get<std::vector<std::string>>(),
          .is_after = lists["is_after"].get<std::vector<std::string>>(),
          .compounds = lists["compounds"].get<std::vector<std::pair<std::string, std::string>>>(),
          .spelling = spelling_of(lists),
          .names = lists["names"].get<WordMap>(),
          .joins_letters = true};
}

}  // namespace

std::optional<std::string> open_asr_english(std::string_view text) {
  static const EnglishText english = [] {
    const auto lists = parse_json(kOpenAsrWords);
    CHECK(lists.has_value());
    return EnglishText(variant_of(*lists));
  }();
  return english(text);
}

}  // namespace assay::evaluator
