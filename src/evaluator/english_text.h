// The steps that the normalisers of English transcripts share: whisper's, and those that were made from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "evaluator/text_rules.h"

namespace assay::evaluator {

using WordMap = std::unordered_map<std::string, std::string>;

/// What they differ in.
struct EnglishVariant {
  std::vector<std::string> fillers;   ///< words that go
  std::vector<std::string> is_after;  ///< words behind which 's is " is"; empty: behind every word
  /// Words that are joined, with one blank between them, and what they become.
  std::vector<std::pair<std::string, std::string>> compounds;
  WordMap spelling;            ///< word by word, once numbers are digits
  WordMap names;               ///< the same, after that
  bool joins_letters = false;  ///< "b b c" becomes "bbc"
};

class EnglishText {
 public:
  explicit EnglishText(EnglishVariant variant);
  /// Absent when a limit of the patterns was hit (text of thousands of open brackets, or beyond 4 MiB).
  std::optional<std::string> operator()(std::string_view text) const;

 private:
  std::string respelled(std::string_view text) const;

  EnglishVariant variant_;
  Replacer before_marks_;    ///< brackets, fillers, contractions, titles, commas of numbers
  Replacer before_numbers_;  ///< compounds
};

/// whisper's list: British to American.
WordMap american_spelling();

}  // namespace assay::evaluator
