// whisper's normalisers against the program that they are from (testdata/whisper/make_known_texts.py).
#include "evaluator/whisper_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/json.h"
#include "evaluator/digit_text.h"

namespace assay::evaluator {
namespace {

TEST(Whisper, equals_the_reference_on_known_texts) {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/whisper/known_texts.jsonl");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = parse_json(line);
    ASSERT_TRUE(row.has_value()) << line;
    const std::string text = (*row)["text"];
    EXPECT_EQ(whisper_english(text).value_or("(limit)"), (*row)["english"].get<std::string>()) << line;
    EXPECT_EQ(whisper_basic(text).value_or("(limit)"), (*row)["basic"].get<std::string>()) << line;
  }
  EXPECT_GT(rows, 1300U);
}

TEST(Whisper, gives_up_where_its_patterns_would_take_for_ever) {
  EXPECT_EQ(whisper_english(std::string(100'000, '<')), std::nullopt);
  EXPECT_EQ(whisper_basic(std::string(100'000, '<')), std::nullopt);
  EXPECT_TRUE(whisper_english(std::string(100'000, 'a')).has_value());
}

TEST(DigitText, any_length) {
  const std::string nines(100, '9');
  EXPECT_EQ(sum_of(nines, "1"), "1" + std::string(100, '0'));
  EXPECT_EQ(times_power("1.25", 2), "125");
  EXPECT_EQ(times_power("1.255", 2), std::nullopt);
  EXPECT_EQ(times_power(".5", 3), "500");
  EXPECT_EQ(times_power("1.2.3", 3), std::nullopt);
  EXPECT_EQ(as_whole("007.00"), "7");
  EXPECT_EQ(remainder_of("5000", 3), "0");
  EXPECT_EQ(without_remainder("12034", 3), "12000");
  EXPECT_EQ(plain_decimal("٣.٥"), "3.5");
  EXPECT_EQ(plain_decimal("5."), std::nullopt);
}

}  // namespace
}  // namespace assay::evaluator
