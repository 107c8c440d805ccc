#include <cmath>

#include <gtest/gtest.h>

#include "evaluator/corpus_test_util.h"
#include "evaluator/grading_test_util.h"
#include "evaluator/ngram_scores.h"

namespace assay::evaluator {
namespace {

record::Verdict verdict_of(const std::string& type, const std::string& value, const std::string& answer) {
  const std::string check = R"({"type": ")" + type + R"(", "threshold": )" + (type == "wer" ? "9" : "0") +
                            R"(, "value": ")" + value + "\"}";
  return testing::judge(testing::suite({testing::check(check)}), testing::sample(answer));
}

const std::string kField = "A small dog runs across the green field.";

std::vector<record::Verdict> three_verdicts(const std::string& type) {
  return {verdict_of(type, "The cat is on the mat.", "The cat sat on the mat."),
          verdict_of(type, kField, "A dog runs."), verdict_of(type, kField, kField)};
}

std::vector<Json> counts_of(const std::vector<record::Verdict>& verdicts) {
  std::vector<Json> counts;
  for (const record::Verdict& verdict : verdicts) counts.push_back(verdict.steps["counts"][0]);
  return counts;
}

TEST(Corpus, bleu_and_chrf_of_three_samples_are_not_the_means_of_their_scores) {
  struct Wanted {
    std::string type;
    double corpus;
    double mean;
  };
  for (const Wanted& wanted : {Wanted{"bleu", 0.575024, 0.532590}, Wanted{"chrf", 0.637465, 0.618445}}) {
    const std::vector<record::Verdict> verdicts = three_verdicts(wanted.type);
    const testing::CorpusSum scored = testing::sum_of(counts_of(verdicts));
    ASSERT_EQ(scored.samples(), 3U);
    EXPECT_NEAR(scored.score(), wanted.corpus, 5e-7) << wanted.type;
    double sum = 0;
    for (const record::Verdict& verdict : verdicts) sum += verdict.score.value();
    EXPECT_NEAR(sum / 3, wanted.mean, 5e-7) << wanted.type;
  }
}

TEST(Corpus, what_bleu_is_made_of) {
  std::vector<double> sums(10);
  for (const Json& counts : counts_of(three_verdicts("bleu"))) {
    const std::vector<double> n = counts["n"];
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += n.at(i);
  }
  const BleuCounts sum = BleuCounts::from(sums);
  const std::vector<double> precisions{0.95, 13.0 / 17, 9.0 / 14, 7.0 / 11};  // 76.47, 64.29, 63.64 %
  for (std::size_t i = 0; i < precisions.size(); ++i)
    EXPECT_DOUBLE_EQ(sum.matches[i] / sum.totals[i], precisions[i]) << i;
  EXPECT_EQ(sum.answer_length, 20);
  EXPECT_EQ(sum.reference_length, 25);
  double product = 1;
  for (const double precision : precisions) product *= precision;
  EXPECT_NEAR(bleu_of(sum, false) / std::pow(product, 0.25), 0.7788, 5e-5);  // the brevity penalty
}

TEST(Corpus, error_rate_is_errors_over_words_and_silence_counts) {
  const std::vector<Json> counts =
      counts_of({verdict_of("wer", "the cat sat on the mat", "the cat sat mat"),
                 verdict_of("wer", "hello world", "hello there big world"),
                 verdict_of("wer", "good", "could be"), verdict_of("wer", "i am here", "")});
  EXPECT_DOUBLE_EQ(testing::sum_of(counts).score(), 9.0 / 12);
  double rates = 0;
  for (const Json& one : counts) {
    const std::vector<double> n = one["n"];
    rates += (n[0] + n[1] + n[2]) / n[3];
  }
  EXPECT_NEAR(rates / 4, 1.0833, 5e-5);  // the mean of the rows is something else
}

TEST(Corpus, silence_counts_for_every_kind) {
  for (const char* type : {"bleu", "chrf", "rouge-n", "rouge-l", "wer", "cer"}) {
    const record::Verdict verdict = verdict_of(type, "i am here", "");
    EXPECT_EQ(verdict.reason, "empty_output") << type;
    ASSERT_EQ(verdict.steps["counts"].size(), 1U) << type;
    const testing::CorpusSum scored = testing::sum_of(counts_of({verdict}));
    ASSERT_EQ(scored.samples(), 1U) << type;
    EXPECT_EQ(scored.score(), scored.formulas().front().lower_is_better ? 1 : 0) << type;
  }
}

TEST(Corpus, an_error_rate_is_a_ratio_and_the_less_the_better) {
  for (const std::string type : {"bleu", "chrf", "rouge-l", "wer", "cer"}) {
    const testing::CorpusSum sum =
        testing::sum_of(counts_of({verdict_of(type, "the cat is on the mat", "the cat sat on the mat"),
                                   verdict_of(type, "a small dog runs", "a dog runs")}));
    ASSERT_EQ(sum.samples(), 2U) << type;
    const std::vector<stats::CorpusFormula> formulas = sum.formulas();
    ASSERT_EQ(formulas.size(), 1U) << type;
    EXPECT_EQ(formulas[0].lower_is_better, type == "wer" || type == "cer") << type;
    ASSERT_EQ(static_cast<bool>(formulas[0].ratio), formulas[0].lower_is_better) << type;
    if (!formulas[0].ratio) continue;
    const stats::RatioTerm term = formulas[0].ratio(sum.sums());
    EXPECT_DOUBLE_EQ(term.numerator / term.denominator, sum.score()) << type;
  }
}

TEST(Corpus, the_reader_passes_over_what_is_no_counts) {
  const stats::CorpusReader reader = corpus_reader();
  for (const Json& none : {Json(), Json::object(), Json{{"kind", "wer"}, {"signature", "s"}, {"n", {1, 2}}},
                           Json{{"kind", "chrf"}, {"signature", "s"}, {"n", {1, 2, 3, 4}}},
                           Json{{"kind", "bleu"}, {"signature", "s"}, {"n", "many"}},
                           Json{{"kind", "wer"}, {"signature", "s"}, {"n", {1, 2, 3, "6"}}},
                           Json{{"kind", "wer"}, {"signature", "s"}, {"n", {{"a", 1}, {"b", 1}}}}})
    EXPECT_FALSE(reader.read(none).has_value()) << none;
}

}  // namespace
}  // namespace assay::evaluator
