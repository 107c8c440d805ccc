// The words of a language by which an answer names its choice: "die Antwort ist B", "答案是B".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::evaluator {

/// Lower case; of words that begin alike the longer one comes first.
struct ChoiceWords {
  std::vector<std::string> answer;  ///< "antwort"
  std::vector<std::string> is;      ///< "ist"
  std::vector<std::string> joins;   ///< "oder": what stands between two labels makes an answer ambiguous
};

/// The words of a language code of src/evaluator/answer_words.json, with the English ones behind them;
/// nullptr when the file lacks it. Valid as long as the program runs.
const ChoiceWords* choice_words(std::string_view language);
/// "ar|cs|…": the codes of the file, sorted.
std::string choice_languages();

}  // namespace assay::evaluator
