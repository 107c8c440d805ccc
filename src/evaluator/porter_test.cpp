// Our stemmer against NLTK's, word by word (testdata/porter/words.txt, made by make_words.py).
#include "evaluator/porter.h"

#include <fstream>

#include <gtest/gtest.h>

namespace assay::evaluator {
namespace {

TEST(Porter, equals_nltk) {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/porter/words.txt");
  std::string word;
  std::string stem;
  int words = 0;
  for (; file >> word >> stem; ++words) EXPECT_EQ(porter_stem(word), stem) << word;
  EXPECT_GT(words, 700);
}

TEST(Porter, takes_any_bytes) {
  EXPECT_EQ(porter_stem(""), "");
  EXPECT_EQ(porter_stem("s"), "s");
  EXPECT_EQ(porter_stem("\xff\xfe s"), "\xff\xfe ");
  EXPECT_EQ(porter_stem(std::string(5000, 'y')).size(), 5000U);
}

}  // namespace
}  // namespace assay::evaluator
