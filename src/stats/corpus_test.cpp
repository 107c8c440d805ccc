// Scores over the corpus: their intervals, in pairs, and which samples belong together.
#include "stats/corpus.h"

#include <gtest/gtest.h>

#include "src/stats/testdata/example_run.h"
#include "stats/summariser.h"

namespace assay::stats {
namespace {

using record::Mark;

/// Counts {"kind", "signature", "n": [errors, words]}: a rate; with kind "f" a score without formula.
CorpusReader reader() {
  return {.read = [](const Json& counts) -> std::optional<CorpusCounts> {
            if (!counts.is_object()) return std::nullopt;
            return CorpusCounts{.kind = counts["kind"],
                                .signature = counts["signature"],
                                .numbers = counts["n"].get<std::vector<double>>()};
          },
          .formulas = [](const Json& counts) -> std::vector<CorpusFormula> {
            CorpusFormula formula{.part = {}, .score = [](std::span<const double> n) { return n[0] / n[1]; }};
            formula.lower_is_better = counts["kind"] == "wer";
            if (formula.lower_is_better)
              formula.ratio = [](std::span<const double> n) { return RatioTerm{n[0], n[1]}; };
            else
              formula.highest = 0.12;
            return {formula};
          }};
}

record::Verdict counted(double errors, double words, const std::string& kind = "wer",
                        const std::string& signature = "s") {
  record::Verdict verdict = example::verdict(Mark::pass);
  verdict.assertions.push_back({.type = kind + "@1",
                                .pipeline = "main",
                                .metric = {},
                                .mark = Mark::pass,
                                .score = 1,
                                .weight = 1,
                                .reason = {}});
  verdict.steps["counts"] = Json::array({{{"kind", kind}, {"signature", signature}, {"n", {errors, words}}}});
  return verdict;
}

using Pairs = std::vector<std::pair<double, double>>;
const Pairs kEight{{1, 12}, {0, 9}, {3, 15}, {2, 20}, {0, 7}, {1, 11}, {4, 18}, {0, 10}};

Summary summary_of(const std::vector<std::vector<record::Verdict>>& models, SummaryOptions options = {},
                   std::size_t repeats = 1) {
  std::vector<record::ModelRecord> records;
  for (std::size_t m = 0; m < models.size(); ++m)
    records.push_back(example::model("m" + std::to_string(m), 1));
  const auto run = example::run_of(records, models.front().size() / repeats, static_cast<int>(repeats));
  options.corpus = reader();
  Summariser summariser(run, options);
  for (std::uint32_t m = 0; m < models.size(); ++m) {
    for (std::size_t i = models[m].size(); i > 0; --i) {  // the order of samples does not matter
      summariser.add(example::sample(m, example::case_name((i - 1) / repeats),
                                     static_cast<std::uint32_t>((i - 1) % repeats), 0, 2, 1),
                     &models[m][i - 1]);
    }
  }
  return summariser.finish();
}

std::vector<record::Verdict> verdicts(const Pairs& pairs, const std::string& kind = "wer") {
  std::vector<record::Verdict> list;
  for (const auto& [errors, words] : pairs) list.push_back(counted(errors, words, kind));
  return list;
}

TEST(Corpus, a_rate_has_the_error_of_a_ratio) {
  const CorpusFigure figure = summary_of({verdicts(kEight)}).rows[0].corpus.at(0);
  EXPECT_EQ(figure.name, "wer");
  EXPECT_NEAR(figure.score, 0.1078, 5e-5);
  EXPECT_NEAR(*figure.se, 0.0314, 5e-5);
  EXPECT_NEAR(figure.ci95->low, 0.1078 - 2.3646 * 0.0314, 1e-4);
  EXPECT_NEAR(figure.ci95->high, 0.1078 + 2.3646 * 0.0314, 1e-4);
  EXPECT_EQ(figure.method, "ratio of sums, t");
  EXPECT_EQ(figure.samples, 8U);
  EXPECT_EQ(figure.units, 8U);
}

TEST(Corpus, a_score_without_formula_is_drawn_and_cut) {
  const CorpusFigure figure = summary_of({verdicts(kEight, "f")}).rows[0].corpus.at(0);
  EXPECT_NEAR(*figure.se, 0.0314, 0.006);
  EXPECT_EQ(figure.method, "bootstrap over cases");
  EXPECT_EQ(figure.ci95->high, 0.12);
  EXPECT_GE(figure.ci95->low, 0);
}

TEST(Corpus, repeats_and_speakers_are_one_unit) {
  std::vector<record::Verdict> twice;
  for (const record::Verdict& verdict : verdicts(kEight)) twice.insert(twice.end(), {verdict, verdict});
  const CorpusFigure repeated = summary_of({twice}, {}, 2).rows[0].corpus.at(0);
  EXPECT_EQ(repeated.samples, 16U);
  EXPECT_EQ(repeated.units, 8U);
  EXPECT_NEAR(*repeated.se, 0.0314, 5e-5) << "the same words again are no new utterances";
  SummaryOptions options;
  for (std::uint64_t i = 0; i < 8; ++i)
    options.cases.push_back({.id = example::case_name(i), .cluster = i < 4 ? "ann" : i < 6 ? "bob" : "cy"});
  EXPECT_EQ(summary_of({verdicts(kEight)}, options).rows[0].corpus.at(0).units, 3U);
}

TEST(Corpus, two_have_no_interval) {
  const CorpusFigure figure = summary_of({verdicts({{1, 10}, {2, 10}})}).rows[0].corpus.at(0);
  EXPECT_DOUBLE_EQ(figure.score, 0.15);
  EXPECT_FALSE(figure.ci95);
  EXPECT_TRUE(figure.method.empty());
}

const Difference& corpus_difference(const Summary& summary) {
  for (const Difference& difference : summary.differences)
    if (difference.metric.starts_with(kCorpusMetric)) return difference;
  throw std::runtime_error("no corpus difference");
}

TEST(Corpus, two_models_are_compared_in_pairs) {
  Pairs good, bad;
  for (int i = 0; i < 20; ++i) {
    good.emplace_back(i % 3, 15);
    bad.emplace_back(i % 3 + 1 + i % 2, 15);
  }
  const Summary summary = summary_of({verdicts(bad), verdicts(good)});
  const Difference& d = corpus_difference(summary);
  EXPECT_EQ(d.metric, "corpus:wer");
  EXPECT_EQ(d.better, 1U) << "fewer errors are better";
  EXPECT_NEAR(d.estimate, 1.5 / 15, 1e-12);
  EXPECT_LT(d.ci95->low, d.estimate);
  EXPECT_GT(d.ci95->low, 0);
  EXPECT_TRUE(d.shown);
  EXPECT_EQ(d.n, 20U);
  EXPECT_EQ(d.text.substr(0, 84),
            "m1 is better than m0 in wer over the corpus: 0.0633 against 0.1633, difference 0.100")
      << d.text;
  EXPECT_NE(
      d.detail.find("20 cases in pairs; paired bootstrap of the difference of corpus scores (4,000 draws, "
                    "seed 1): p < 0.001"),
      std::string::npos)
      << d.detail;
}

TEST(Corpus, equals_are_not_told_apart_and_the_power_is_said) {
  Pairs first, second;
  for (int i = 0; i < 20; ++i) {
    first.emplace_back(i % 3, 15);
    second.emplace_back((i + 1) % 3, 15);
  }
  const Difference d = corpus_difference(summary_of({verdicts(first), verdicts(second)}));
  EXPECT_FALSE(d.shown);
  EXPECT_NE(d.text.find("no difference in wer over the corpus shown between"), std::string::npos) << d.text;
  EXPECT_NE(d.text.find("would have been found"), std::string::npos) << d.text;
}

TEST(Corpus, only_common_cases_and_one_signature_are_compared) {
  std::vector<record::Verdict> other = verdicts(kEight);
  other[0] = counted(9, 12, "wer", "another normaliser");
  const Summary summary = summary_of({verdicts(kEight), other});
  EXPECT_EQ(summary.rows[1].corpus.size(), 2U);
  const Difference& d = corpus_difference(summary);
  EXPECT_EQ(d.n, 7U);
  EXPECT_EQ(d.left_out, 1U);
  EXPECT_EQ(d.signature, "s");
  EXPECT_EQ(
      summary_of({verdicts({{1, 2}, {1, 2}, {1, 2}, {1, 2}}), verdicts({{1, 2}, {1, 2}, {1, 2}, {1, 2}})})
          .differences.size(),
      0U)
      << "fewer than five";
}

}  // namespace
}  // namespace assay::stats
