// The data file of words for "answer".
#include "evaluator/choice_words.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "evaluator/choices.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

TEST(ChoiceWords, the_option_offers_the_languages_of_the_file) {
  EXPECT_EQ(choice_languages(), kChoiceLanguages);
  EXPECT_EQ(choice_words("xx"), nullptr);
}

TEST(ChoiceWords, english_counts_in_every_language_and_words_are_folded) {
  const std::string codes(kChoiceLanguages);
  for (std::size_t at = 0; at < codes.size(); at += 3) {
    const ChoiceWords* words = choice_words(codes.substr(at, 2));
    ASSERT_NE(words, nullptr) << codes.substr(at, 2);
    EXPECT_NE(std::find(words->answer.begin(), words->answer.end(), "answer"), words->answer.end());
    for (const auto& list : {words->answer, words->is, words->joins}) {
      for (const std::string& word : list) {
        EXPECT_EQ(nfc(word), word);
        for (std::size_t i = 0; i < word.size(); i += code_point_at(word, i).length)
          EXPECT_EQ(fold_code_point(code_point_at(word, i).value), code_point_at(word, i).value) << word;
      }
    }
  }
}

}  // namespace
}  // namespace assay::evaluator
