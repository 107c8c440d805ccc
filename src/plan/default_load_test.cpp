// The load of a graded suite that names none.
#include <gtest/gtest.h>

#include <map>

#include <fmt/format.h>

#include "plan/describe.h"
#include "plan/plan.h"
#include "testing/suite_files.h"

namespace assay::plan {
namespace {

record::Plan plan_of(const record::Suite& suite, const Options& options = {}) {
  auto plan = expand(suite, options);
  EXPECT_TRUE(plan) << message(plan.error());
  return plan ? *std::move(plan) : record::Plan{};
}

/// Two models of which `a` shares, ten cases, graded.
record::Suite default_suite(const std::string& more) {
  return testing::suite_of(
      "assay: 1\nprompt: \"{{n}}\"\nwarmup: 1\nmatrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n"
      "models: [{engine: fake, label: a}, {engine: fake, label: b}]\n" +
      more);
}

Options sharing_a() {
  Options options;
  options.shares_by_default = [](const record::ModelSpec& model) { return model.label == "a"; };
  return options;
}

TEST(DefaultLoad, EightOfEachCellGoAloneWhereTheEngineShares) {
  const std::string graded = "evaluate: {type: equals, value: \"1\"}\n";
  const record::Plan plan = plan_of(default_suite(graded + "sweep: {temperature: [0, 1]}\n"), sharing_a());
  ASSERT_EQ(plan.stretches.size(), 2U);
  ASSERT_EQ(plan.stretches[0].alone, 17U);  // the warm-up, and eight trials of each of two cells
  std::map<std::uint32_t, int> alone;
  for (std::size_t i = 1; i < 17; ++i) ++alone[plan.trials[i].cell];
  EXPECT_EQ(alone, (std::map<std::uint32_t, int>{{0, 8}, {1, 8}}));
  EXPECT_EQ(plan.stretches[1].alone, std::nullopt) << "an engine that is not made for it keeps one stream";
  EXPECT_EQ(plan.stretches[1].parallel, 1);
  EXPECT_TRUE(plan.load.by_default);
  EXPECT_TRUE(plan.load.automatic);
  EXPECT_EQ(plan.load.measure, 8);
  const std::string said = describe_default_load(plan);
  EXPECT_EQ(said.find("16 trials alone first, which give the speed; 4 together"), 0U) << said;
  EXPECT_NE(said.find("models on other engines one at a time"), std::string::npos) << said;
  EXPECT_NE(said.find("--parallel 1"), std::string::npos) << said;
}

TEST(DefaultLoad, EverythingElseKeepsOneStream) {
  const std::string graded = "evaluate: {type: equals, value: \"1\"}\n";
  const auto is_as_before = [](const record::Suite& suite, const Options& options) {
    const record::Plan plan = plan_of(suite, options);
    const record::Plan before = plan_of(suite);
    return plan.load == suite.load && plan.trials == before.trials && plan.stretches == before.stretches &&
           describe_default_load(plan).empty();
  };
  EXPECT_FALSE(is_as_before(default_suite(graded), sharing_a()));
  EXPECT_TRUE(is_as_before(default_suite(graded), {})) << "nobody shares";
  EXPECT_TRUE(is_as_before(default_suite(""), sharing_a())) << "nothing is graded";
  for (const char* load : {"{parallel: 1}", "{parallel: 4}", "{rate: 5}", "{parallel: auto, measure: 3}"})
    EXPECT_TRUE(is_as_before(default_suite(graded + "load: " + load + "\n"), sharing_a())) << load;
  Options eight = sharing_a();
  const record::Suite all = default_suite(graded);
  for (std::size_t i = 0; i < 8; ++i) eight.cases.push_back(all.cases[i].id);
  EXPECT_TRUE(plan_of(all, eight).load == record::LoadPattern{}) << "no more than are measured";
  EXPECT_FALSE(plan_of(all, eight).stretches[0].alone.has_value());
  Overrides one_stream;
  one_stream.load = record::LoadPattern{};
  EXPECT_TRUE(is_as_before(overridden(default_suite(graded), one_stream), sharing_a())) << "--parallel 1";
  Options everybody;
  everybody.shares_by_default = [](const record::ModelSpec&) { return true; };
  std::string many = "assay: 1\nmethod: loglikelihood\nprompt: Q\nmodels: [\"fake:\"]\ncases:\n";
  for (int i = 0; i < 12; ++i) many += fmt::format("  - {{id: c{}, choices: [x, y], expect: x}}\n", i);
  EXPECT_TRUE(is_as_before(testing::suite_of(many), everybody)) << "nothing is generated";
}

TEST(MeanRest, CountsWhatIsBehindTheCommonBeginning) {
  const auto rest = [](const std::string& cases) {
    return mean_rest(
        testing::suite_of("assay: 1\nprompt: \"Add: {{q}}\"\nmodels: [\"fake:\"]\ncases:\n" + cases));
  };
  const std::string one = "  - {vars: {q: abcdefgh}}\n";
  EXPECT_EQ(rest(one), 0U) << "all of it is common";
  EXPECT_EQ(rest(one + "  - {vars: {q: xyzw}}\n"), 3U) << "(8 + 4) / 2 bytes, two of which are a token";
}

TEST(LongestRequest, AnAnswerWithoutALimitEndsWhereTheContextDoes) {
  record::Suite suite = default_suite("");
  const record::Plan plan = plan_of(suite);
  const std::uint64_t limited = longest_request(suite, plan);
  EXPECT_GE(limited, 512U + 600U) << "a template's own system prompt has its place";
  EXPECT_LT(limited, 1536U);
  suite.benchy = record::BenchySuite{};
  EXPECT_GT(longest_request(suite, plan), 4096U);
  suite.params["max_tokens"] = 20;
  EXPECT_EQ(longest_request(suite, plan), limited - 512 + 20) << "in the place of the default";
}

TEST(SharedNeed, TheCommonBeginningCountsOnce) {
  const std::string head(600, 'x');
  const record::Suite suite = testing::suite_of("assay: 1\nprompt: \"" + head +
                                                "{{n}}\"\nmatrix: {n: [aaaa, bbbbbbbb]}\n"
                                                "params: {max_tokens: 16}\nmodels: [\"fake:\"]\n");
  const record::SharedNeed need = shared_need(suite, plan_of(suite));
  EXPECT_EQ(need.common, 600U / 2 + 48);
  EXPECT_EQ(need.own, 8U / 2 + 48 + 16);
  EXPECT_EQ(need.of(3), need.common + 3 * need.own);
}

TEST(SharedNeed, PromptsWithoutACommonBeginningCountWhole) {
  const record::Suite suite =
      testing::suite_of("assay: 1\nprompt: \"{{n}}\"\nmatrix: {n: [aaaa, bbbbbbbb]}\nmodels: [\"fake:\"]\n");
  const record::SharedNeed need = shared_need(suite, plan_of(suite));
  EXPECT_EQ(need.common, 48U);
  EXPECT_EQ(need.own, 8U / 2 + 48 + 512) << "the default of max_tokens";
}

}  // namespace
}  // namespace assay::plan
