// Suites of Benchy: how prompts are filled, and what is not sent.
#include <fstream>

#include <gtest/gtest.h>

#include "plan/plan.h"
#include "testing/suite_files.h"

namespace assay::plan {
namespace {

record::Suite benchy_suite(const std::string& models) {
  return testing::suite_of(
      "benchmark_name: x\npurpose: y\nbase_prompt: \"{{a}}\"\nevaluator: raw_string_evaluator\nmodels: [" +
      models +
      "]\nprompts: [{dynamic_variables: {a: 1}, expectation: x}, {dynamic_variables: {a: 2}, expectation: "
      "y}]\n");
}

TEST(Benchy, PromptsAreFilledOneVariableAfterTheOther) {
  std::ifstream file(ASSAY_SOURCE_DIR "/src/plan/testdata/benchy_prompts.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = record::value_from_json(line);
    ASSERT_TRUE(row) << line;
    SCOPED_TRACE(row->find("id")->text);
    record::Suite suite = benchy_suite("\"fake~\"");
    suite.prompt.messages[0].content = row->find("template")->text;
    const record::Value& vars = *row->find("vars");
    suite.cases[0].vars.clear();
    for (std::size_t i = 0; i < vars.items.size(); ++i)
      suite.cases[0].vars.emplace_back(vars.keys[i], vars.items[i]);
    const record::Prompt prompt = prompt_of(suite, suite.cases[0]);
    ASSERT_EQ(prompt.messages.size(), 1U);
    EXPECT_EQ(prompt.messages[0].role, "user");
    EXPECT_EQ(prompt.messages[0].content, row->find("prompt")->text);
  }
  EXPECT_EQ(rows, 10);
}

TEST(Benchy, AnEngineWithDefaultsOfItsOwnIsAskedForNothing) {
  record::Suite suite = benchy_suite("tiny:1b");
  const auto params = [&] { return params_of(suite, suite.models[0], {}, suite.cases[0], 0); };
  EXPECT_TRUE(params().empty());
  suite.params["temperature"] = 0.5;
  EXPECT_EQ(params(), (record::Params{{"temperature", 0.5}}));
}

TEST(Benchy, AnEngineOfAssayGetsItsDefaultsWithoutALimit) {
  const record::Suite suite = benchy_suite("\"llama~tiny.gguf\"");
  const record::Params params = params_of(suite, suite.models[0], {}, suite.cases[0], 0);
  EXPECT_EQ(params.at("temperature"), 0);
  EXPECT_TRUE(params.contains("seed"));
  EXPECT_FALSE(params.contains("max_tokens"));
}

TEST(Benchy, OneRunPerCaseInTheOrderOfTheFile) {
  const record::Suite suite = benchy_suite("\"fake~\", tiny:1b");
  const auto plan = expand(suite);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->trials.size(), 4U);
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(plan->trials[i].model, i / 2);
    EXPECT_EQ(plan->trials[i].case_index, i % 2);
    EXPECT_FALSE(plan->trials[i].warmup);
  }
}

}  // namespace
}  // namespace assay::plan
