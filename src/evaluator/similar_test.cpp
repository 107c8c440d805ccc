// similar with scripted vectors: the three measures, several references, and what happens when the model is
// lost.
#include <gtest/gtest.h>

#include <map>

#include "evaluator/embeddings.h"
#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

class Scripted final : public Embeddings {
 public:
  Result<std::vector<double>> embed(const std::string& model, const std::string& text) override {
    static const std::map<std::string, std::vector<double>> vectors{
        {"a", {0.2, 0.7, 0.1}}, {"b", {0.1, 0.8, 0.3}}, {"c", {1, 0, 1}},
        {"d", {1, 1, 0}},       {"zero", {0, 0, 0}},    {"short", {1}}};
    const auto found = vectors.find(text);
    if (model == "m" && found != vectors.end()) return found->second;
    return fail(
        {.code = Code::engine, .where = {}, .found = "the model is gone", .expected = {}, .remedy = {}});
  }
};

record::AssertionResult said(const std::string& check, const std::string& answer) {
  const record::Suite suite = testing::suite({testing::check(check)});
  const Result<Grader> grader = Grader::make(suite, nullptr, nullptr, std::make_shared<Scripted>());
  EXPECT_TRUE(grader.has_value());
  return grader->judge(suite.cases[0], testing::sample(answer)).assertions.at(0);
}

TEST(Similar, three_measures) {
  const auto cosine = said(R"({"type": "similar", "value": "b", "model": "m"})", "a");
  EXPECT_NEAR(*cosine.score, 0.964977, 5e-7);
  EXPECT_EQ(cosine.mark, record::Mark::pass);
  const auto dot = said(R"({"type": "similar", "value": "b", "model": "m", "measure": "dot"})", "a");
  EXPECT_NEAR(*dot.score, 0.61, 1e-12);
  EXPECT_EQ(dot.mark, record::Mark::fail);
  EXPECT_EQ(dot.reason, "threshold: dot product 0.610000 by m");
  const auto far = said(R"({"type": "similar", "value": "b", "model": "m", "measure": "euclidean"})", "a");
  EXPECT_NEAR(*far.score, 0.803246, 5e-7);
  EXPECT_NEAR(1 / *far.score - 1, 0.244949, 5e-7);
  const auto limited = [](const char* threshold) {
    return said(R"({"type": "similar", "value": "b", "model": "m", "measure": "euclidean", "threshold": )" +
                    std::string(threshold) + "}",
                "a");
  };
  EXPECT_EQ(limited("0.24495").mark, record::Mark::pass);
  EXPECT_EQ(limited("0.24494").mark, record::Mark::fail) << "0.244949 is more";
  EXPECT_EQ(limited("0.24494").reason, "threshold: distance 0.244949 by m");
  EXPECT_EQ(far.mark, record::Mark::pass);
  EXPECT_NEAR(*said(R"({"type": "similar", "value": "d", "model": "m"})", "c").score, 0.5, 1e-12);
}

TEST(Similar, the_best_reference_counts) {
  EXPECT_NEAR(*said(R"({"type": "similar", "value": ["d", "c"], "model": "m"})", "c").score, 1, 1e-12);
  EXPECT_NEAR(
      *said(R"({"type": "similar", "value": ["d", "c"], "model": "m", "measure": "euclidean"})", "c").score,
      1, 1e-12);
}

TEST(Similar, a_zero_vector_is_like_nothing) {
  EXPECT_EQ(said(R"({"type": "similar", "value": "a", "model": "m"})", "zero").score, 0);
}

TEST(Similar, a_lost_model_leaves_the_answer_ungraded) {
  const auto lost = said(R"({"type": "similar", "value": "a", "model": "other"})", "a");
  EXPECT_EQ(lost.mark, record::Mark::ungraded);
  EXPECT_EQ(lost.reason, "grader_missing: the model is gone");
  EXPECT_EQ(said(R"({"type": "similar", "value": "a", "model": "m"})", "short").mark, record::Mark::error);
}

}  // namespace
}  // namespace assay::evaluator
