// CIDEr-D over a suite, and the words it counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/json.h"
#include "evaluator/caption_images.h"
#include "evaluator/caption_tokens.h"
#include "evaluator/catalogue.h"
#include "evaluator/corpus_test_util.h"
#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

struct Image {
  std::string answer;
  std::string references;  ///< JSON
};

/// Golden figures from pycocoevalcap for these three images.
const std::vector<Image> kImages{
    {"a dog runs on the grass", R"(["a dog runs on the grass", "a brown dog is running in a field"])"},
    {"a man rides a red bike",
     R"(["a man riding a bicycle down the street", "a man rides a bike on the road"])"},
    {"two cats", R"(["two cats sleep on a sofa", "a pair of cats sleeping on a couch"])"}};

record::Suite suite_of(const std::vector<Image>& images, const std::string& check) {
  record::Suite suite = testing::suite({testing::check(check)});
  suite.cases.clear();
  for (std::size_t i = 0; i < images.size(); ++i) {
    record::Case one;
    one.id = std::to_string(i);
    one.expect = testing::value(images[i].references);
    suite.cases.push_back(one);
  }
  return suite;
}

TEST(Cider, is_that_of_the_caption_evaluation) {
  const record::Suite suite = suite_of(kImages, R"({"type": "cider", "threshold": 2})");
  const Result<Grader> grader = Grader::make(suite);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  testing::CorpusSum corpus;
  const std::vector<double> wanted{5.272586, 2.761322, 1.395137};
  for (std::size_t i = 0; i < kImages.size(); ++i) {
    record::Sample sample = testing::sample(kImages[i].answer);
    sample.case_id = suite.cases[i].id;
    const record::Verdict verdict = grader->judge(suite.cases[i], sample);
    EXPECT_NEAR(*verdict.assertions[0].score * 10, wanted[i], 5e-7) << i;
    EXPECT_EQ(verdict.mark, wanted[i] >= 2 ? record::Mark::pass : record::Mark::fail) << i;
    ASSERT_TRUE(corpus.add(verdict.steps["counts"][0]));
  }
  EXPECT_NEAR(corpus.score(), 3.143015, 5e-7);
  EXPECT_EQ(corpus.signature(), "cider-d|df:refs|images:3|n:4|sigma:6|tok:ptb@1|v1");
}

/// pycocoevalcap's scorer on 60 sets of captions (testdata/cider/make_known_sets.py). On 600 sets
/// (2,407 answers) the greatest difference was 2.7e-15.
TEST(Cider, is_that_of_the_caption_evaluation_on_random_sets) {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/cider/known_sets.jsonl");
  std::size_t sets = 0;
  for (std::string line; std::getline(file, line); ++sets) {
    const auto set = parse_json(line);
    ASSERT_TRUE(set.has_value()) << line;
    std::vector<Image> images;
    for (const Json& image : (*set)["images"])
      images.push_back({image["answer"], image["references"].dump()});
    const record::Suite suite = suite_of(images, R"({"type": "cider", "weight": 0})");
    const Result<Grader> grader = Grader::make(suite);
    ASSERT_TRUE(grader.has_value()) << message(grader.error());
    testing::CorpusSum corpus;
    for (std::size_t i = 0; i < images.size(); ++i) {
      record::Sample sample = testing::sample(images[i].answer);
      sample.case_id = suite.cases[i].id;
      const Json counts = grader->judge(suite.cases[i], sample).steps["counts"][0];
      EXPECT_NEAR(counts["n"][0].get<double>(), (*set)["images"][i]["cider"].get<double>(), 1e-12) << line;
      ASSERT_TRUE(corpus.add(counts));
    }
    EXPECT_NEAR(corpus.score(), (*set)["mean"].get<double>(), 1e-12) << line;
  }
  EXPECT_EQ(sets, 60U);
}

TEST(Cider, a_second_check_and_another_ending_of_the_same_image_change_nothing) {
  record::Suite suite = suite_of(kImages, R"({"type": "cider", "threshold": 2})");
  suite.checks.push_back(suite.checks[0]);
  suite.checks[1].on = "raw";
  const Result<Grader> grader = Grader::make(suite);
  record::Sample sample = testing::sample(kImages[0].answer);
  sample.case_id = "0";
  const record::Verdict verdict = grader->judge(suite.cases[0], sample);
  EXPECT_NEAR(*verdict.assertions[0].score * 10, 5.272586, 5e-7);
  EXPECT_NEAR(*verdict.assertions[1].score * 10, 5.272586, 5e-7);
}

TEST(Cider, a_case_that_the_suite_does_not_have_is_weighed_by_the_suite) {
  const record::Suite suite = suite_of(kImages, R"({"type": "cider", "threshold": 2})");
  const Result<Grader> grader = Grader::make(suite);
  record::Case other = suite.cases[0];
  other.id = "another";
  record::Sample sample = testing::sample(kImages[0].answer);
  sample.case_id = other.id;
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(*grader->judge(other, sample).assertions[0].score * 10, 5.272586, 5e-7);
}

TEST(Cider, a_file_of_frequencies_takes_the_place_of_the_references) {
  // The counts that the three images of kImages have, and so the same figures, with one image.
  std::map<std::string, int> seen;
  for (const Image& image : kImages) {
    std::set<std::string> of_image;
    for (const record::Value& text : testing::value(image.references).items) {
      for (const NgramCounts& order : grams_of(caption_tokens(text.text))) {
        for (const auto& [gram, count] : order) {
          std::string spoken = gram;
          std::replace(spoken.begin(), spoken.end(), '\x01', ' ');
          of_image.insert(spoken);
        }
      }
    }
    for (const std::string& gram : of_image) ++seen[gram];
  }
  const Json file{{"images", 3}, {"document_frequency", seen}};
  const Json check{{"type", "cider"}, {"threshold", 2}, {"df", file}};
  const record::Suite suite = suite_of({kImages[0]}, check.dump());
  const Result<Grader> grader = Grader::make(suite);
  ASSERT_TRUE(grader.has_value()) << message(grader.error());
  record::Sample sample = testing::sample(kImages[0].answer);
  sample.case_id = "0";
  const record::Verdict verdict = grader->judge(suite.cases[0], sample);
  EXPECT_NEAR(*verdict.assertions[0].score * 10, 5.272586, 5e-7);
  const std::string signature = verdict.steps["counts"][0]["signature"];
  EXPECT_TRUE(signature.starts_with("cider-d|df:") && signature.find("|images:3|") != std::string::npos);
  EXPECT_EQ(signature.find("df:refs"), std::string::npos);
  EXPECT_EQ(try_suite(suite), std::nullopt);
}

TEST(Cider, a_file_of_frequencies_is_looked_at_before_the_run) {
  const auto found = [](const std::string& df) {
    const auto error = try_suite(suite_of(kImages, R"({"type": "cider", "threshold": 2, "df": )" + df + "}"));
    return error ? error->found : std::string();
  };
  EXPECT_EQ(found(R"("refs")"), "");
  EXPECT_EQ(found(R"({"images": 3, "document_frequency": {"a dog": 1}})"), "");
  for (const char* wrong : {R"("coco")", R"({"images": 1, "document_frequency": {}})", R"({"images": 3})",
                            R"({"images": 3, "document_frequency": {}, "n": 4})"})
    EXPECT_EQ(found(wrong), "df of cider is no table of document frequencies") << wrong;
  EXPECT_EQ(found(R"({"images": 3, "document_frequency": {"a dog": 4}})"), "df of cider has '4' for 'a dog'");
  EXPECT_EQ(found(R"({"images": 3, "document_frequency": {"a b c d e": 1}})"),
            "df of cider has '1' for 'a b c d e'");
}

TEST(Cider, one_image_tells_nothing) {
  const Result<Grader> grader = Grader::make(suite_of({kImages[0]}, R"({"type": "cider", "threshold": 2})"));
  ASSERT_FALSE(grader.has_value());
  EXPECT_EQ(grader.error().found, "cider in a suite with one image");
}

TEST(Cider, an_answer_without_words_is_zero) {
  const record::Suite suite = suite_of(kImages, R"({"type": "cider", "weight": 0})");
  const Result<Grader> grader = Grader::make(suite);
  record::Sample sample = testing::sample("...");
  sample.case_id = "0";
  EXPECT_EQ(*grader->judge(suite.cases[0], sample).assertions[0].score, 0);
}

TEST(BleuCoco, orders_without_a_match_make_a_sample_zero_and_the_corpus_one_ratio) {
  const record::Suite suite =
      suite_of(kImages, R"({"type": "bleu", "variant": "coco", "max_n": 2, "threshold": 0})");
  const Result<Grader> grader = Grader::make(suite);
  ASSERT_TRUE(grader.has_value());
  testing::CorpusSum corpus;
  for (std::size_t i = 0; i < kImages.size(); ++i) {
    record::Sample sample = testing::sample(kImages[i].answer + (i == 0 ? "." : ""));
    sample.case_id = suite.cases[i].id;
    ASSERT_TRUE(corpus.add(grader->judge(suite.cases[i], sample).steps["counts"][0]));
  }
  // Matches: 6 + 5 + 2 of 14 words, 5 + 3 + 1 of 11 bigrams; lengths 6, 6, 2 beside 6, 8, 6 of the nearest
  // references.
  EXPECT_NEAR(corpus.score(), std::exp(1 - 20.0 / 14) * std::sqrt(13.0 / 14 * 9 / 11), 1e-12);
  const record::Suite long_grams =
      suite_of(kImages, R"({"type": "bleu", "variant": "coco", "threshold": 0})");
  record::Sample sample = testing::sample("two cats sleep");
  sample.case_id = "2";
  EXPECT_EQ(*Grader::make(long_grams)->judge(long_grams.cases[2], sample).assertions[0].score, 0);
}

TEST(CaptionTokens, follow_the_treebank) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> rows{
      {"A dog, running!", {"a", "dog", "running"}},
      {"It's the man's; they don't.", {"it", "'s", "the", "man", "'s", "they", "do", "n't"}},
      {"It\u2019s \u201cred\u201d \u2014 really\u2026", {"it", "'s", "red", "really"}},
      {"a two-year-old (boy) cannot", {"a", "two-year-old", "boy", "can", "not"}},
      {"1,234.5 at 3:30, 50% & $5", {"1,234.5", "at", "3:30", "50", "%", "&", "$", "5"}},
      {"Mr. Smith of the U.S. runs.", {"mr.", "smith", "of", "the", "u.s.", "runs"}},
      {"red--blue - green/white", {"red", "blue", "green/white"}},
      {"caf\u00e9 \u72d7", {"caf\u00e9", "\u72d7"}},
      {"'quoted' words' end", {"quoted", "words", "end"}},
      {"", {}},
      {"?!... -- ''", {}}};
  for (const auto& [text, wanted] : rows) EXPECT_EQ(caption_tokens(text), wanted) << text;
}

}  // namespace
}  // namespace assay::evaluator
