#include "evaluator/corpus.h"

#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

Json counts_of(const std::string& type, const std::string& value, const std::string& answer) {
  const std::string check = R"({"type": ")" + type + R"(", "threshold": )" + (type == "wer" ? "9" : "0") +
                            R"(, "value": ")" + value + "\"}";
  return testing::judge(testing::suite({testing::check(check)}), testing::sample(answer)).steps["counts"][0];
}

TEST(Corpus, bleu_and_chrf_of_three_samples) {
  const std::string field = "A small dog runs across the green field.";
  for (const auto& [type, wanted] : {std::pair{"bleu", 0.575024}, std::pair{"chrf", 0.637465}}) {
    const std::vector<Json> counts{counts_of(type, "The cat is on the mat.", "The cat sat on the mat."),
                                   Json(), counts_of(type, field, "A dog runs."),
                                   counts_of(type, field, field)};
    const Result<CorpusScore> scored = corpus_score(counts);
    ASSERT_TRUE(scored.has_value());
    EXPECT_NEAR(scored->score, wanted, 5e-7) << type;
    EXPECT_EQ(scored->samples, 3U);
  }
}

TEST(Corpus, error_rate_is_errors_over_words) {
  const std::vector<Json> counts{counts_of("wer", "the cat sat on the mat", "the cat sat mat"),
                                 counts_of("wer", "hello world", "hello there big world"),
                                 counts_of("wer", "good", "could be"), counts_of("wer", "i am here", "x")};
  EXPECT_DOUBLE_EQ(corpus_score(counts)->score, 0.75);
}

TEST(Corpus, different_signatures_and_nothing_are_errors) {
  const std::vector<Json> counts{counts_of("bleu", "a", "a"), counts_of("chrf", "a", "a")};
  EXPECT_FALSE(corpus_score(counts).has_value());
  EXPECT_FALSE(corpus_score({}).has_value());
}

TEST(Corpus, of_a_record_that_cannot_be_read_nothing_is_added) {
  const Json good = counts_of("wer", "the cat sat on the mat", "the cat sat mat");
  Json damaged = good;
  damaged["n"].back() = "6";
  Json shaped = good;
  shaped["n"] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
  CorpusSum sum;
  ASSERT_TRUE(sum.add(good).has_value());
  EXPECT_FALSE(sum.add(damaged).has_value());
  EXPECT_FALSE(sum.add(shaped).has_value());
  EXPECT_FALSE(sum.add("counts").has_value());
  EXPECT_EQ(sum.score()->score, corpus_score(std::vector<Json>{good})->score);
  EXPECT_EQ(sum.score()->samples, 1U);
}

}  // namespace
}  // namespace assay::evaluator
