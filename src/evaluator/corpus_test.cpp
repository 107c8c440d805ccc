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

TEST(Corpus, the_reader_gives_the_same_scores) {
  const stats::CorpusReader reader = corpus_reader();
  for (const std::string type : {"bleu", "chrf", "rouge-l", "wer", "cer"}) {
    const std::vector<Json> counts{counts_of(type, "the cat is on the mat", "the cat sat on the mat"),
                                   counts_of(type, "a small dog runs", "a dog runs")};
    std::vector<double> sums;
    for (const Json& one : counts) {
      const auto read = reader.read(one);
      ASSERT_TRUE(read.has_value()) << type;
      sums.resize(read->numbers.size());
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += read->numbers[i];
    }
    const std::vector<stats::CorpusFormula> formulas = reader.formulas(counts[0]);
    ASSERT_EQ(formulas.size(), 1U) << type;
    EXPECT_DOUBLE_EQ(formulas[0].score(sums), corpus_score(counts)->score) << type;
    EXPECT_EQ(formulas[0].lower_is_better, type == "wer" || type == "cer") << type;
    EXPECT_EQ(static_cast<bool>(formulas[0].ratio), formulas[0].lower_is_better) << type;
  }
}

TEST(Corpus, the_reader_passes_over_what_is_no_counts) {
  const stats::CorpusReader reader = corpus_reader();
  for (const Json& none : {Json(), Json::object(), Json{{"kind", "wer"}, {"signature", "s"}, {"n", {1, 2}}},
                           Json{{"kind", "chrf"}, {"signature", "s"}, {"n", {1, 2, 3, 4}}},
                           Json{{"kind", "bleu"}, {"signature", "s"}, {"n", "many"}}})
    EXPECT_FALSE(reader.read(none).has_value()) << none;
}

}  // namespace
}  // namespace assay::evaluator
