// How many requests go together where nobody says a number.
#include "cli/parallel_choice.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

/// 200 trials of the smallest model, which come at a rate.
record::Plan plan_on_tiny(record::Params load_params) {
  record::Plan plan;
  plan.load.rate_per_s = 5;
  plan.longest_request = 300;
  record::ModelSpec spec;
  spec.engine = "llama";
  spec.model = std::string(ASSAY_SOURCE_DIR) + "/models/tiny-s.q8_0.gguf";
  plan.models.push_back(spec);
  record::Stretch stretch;
  stretch.load_params = std::move(load_params);
  stretch.end = 200;
  plan.stretches.push_back(stretch);
  return plan;
}

int chosen(record::Params load_params) {
  record::Plan plan = plan_on_tiny(std::move(load_params));
  choose_parallel(plan);
  return plan.stretches[0].parallel;
}

/// What is chosen for 200 trials that share their beginning and have a rest of so many tokens.
int chosen_to_share(std::uint64_t rest) {
  record::Plan plan = plan_on_tiny({});
  plan.load = {};
  plan.load.automatic = true;
  plan.shared_need = {.common = 60, .own = 100};
  plan.stretches[0].alone = 0;
  choose_parallel(plan, rest);
  return plan.stretches[0].parallel;
}

TEST(ParallelChoice, ALongContextLetsFewerGoTogether) {
  EXPECT_EQ(chosen({}), 32);
  // 190 GiB for each request. A parameter that was checked is a signed number.
  EXPECT_EQ(chosen({{"context", std::int64_t{100'000'000}}}), 1);
}

// Its width is 128: four widths are 512 tokens.
TEST(ParallelChoice, PromptsThatHaveLittleInCommonGoTogetherLess) {
  EXPECT_EQ(chosen_to_share(0), 32) << "nobody knows";
  EXPECT_EQ(chosen_to_share(10), 32);
  EXPECT_EQ(chosen_to_share(50), 10);
  EXPECT_EQ(chosen_to_share(900), 1);
}

}  // namespace
}  // namespace assay::cli
