// How many requests go together where nobody says a number.
#include "cli/parallel_choice.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

/// What is chosen for 200 trials of the smallest model that come at a rate.
int chosen(record::Params load_params) {
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
  choose_parallel(plan);
  return plan.stretches[0].parallel;
}

TEST(ParallelChoice, ALongContextLetsFewerGoTogether) {
  EXPECT_EQ(chosen({}), 32);
  // 190 GiB for each request. A parameter that was checked is a signed number.
  EXPECT_EQ(chosen({{"context", std::int64_t{100'000'000}}}), 1);
}

}  // namespace
}  // namespace assay::cli
