// The normaliser of the Open ASR Leaderboard against its rules in Python (testdata/open_asr).
#include "evaluator/open_asr_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/hash.h"
#include "base/json.h"

namespace assay::evaluator {
namespace {

const std::string kFolder = ASSAY_SOURCE_DIR "/src/evaluator/";

TEST(OpenAsr, equals_the_reference_on_known_texts) {
  std::ifstream file(kFolder + "testdata/open_asr/known_texts.jsonl");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = parse_json(line);
    ASSERT_TRUE(row.has_value()) << line;
    EXPECT_EQ(open_asr_english((*row)["text"].get<std::string>()).value_or("(limit)"),
              (*row)["gives"].get<std::string>())
        << line;
  }
  EXPECT_GT(rows, 900U);
}

// Its name has a date: other lists are another normaliser, with a name of its own.
TEST(OpenAsr, has_the_lists_of_its_date) {
  std::ifstream file(kFolder + "open_asr_words.json");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  const auto lists = parse_json(bytes.str());
  ASSERT_TRUE(lists.has_value());
  EXPECT_EQ((*lists)["fillers"].size(), 20U);
  EXPECT_EQ((*lists)["is_after"].size(), 13U);
  EXPECT_EQ((*lists)["compounds"].size(), 16U);
  EXPECT_EQ((*lists)["names"].size(), 152U);
  EXPECT_EQ(hex(sha256(bytes.str())), "3c8fd7a712c49491f853b666e30ce49389349cc2e35ca15587d9c43534f5c8b5");
}

TEST(OpenAsr, gives_up_where_its_patterns_would_take_for_ever) {
  EXPECT_EQ(open_asr_english(std::string(100'000, '<')), std::nullopt);
}

}  // namespace
}  // namespace assay::evaluator
