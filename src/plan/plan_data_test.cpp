// testdata/*.yaml: a suite gives its plan, trial by trial, with seed 0.
#include "base/file.h"
#include "plan/describe.h"
#include "plan/plan.h"
#include "testing/data_test.h"
#include "testing/suite_files.h"

namespace assay::plan {
namespace {

testing::Shown show(const std::string& path) {
  const record::Suite suite = testing::suite_of(read_file(path, 1U << 20U).value_or(""), "suite.yaml");
  const Result<record::Plan> plan = expand(suite);
  if (!plan) return {.text = message(plan.error()) + "\n", .refused = true};
  return {.text = describe(*plan, suite) + "\n" + list_trials(*plan, suite), .refused = false};
}

const bool kRegistered =
    testing::register_data_tests("PlanData", ASSAY_SOURCE_DIR "/src/plan/testdata", ".yaml", show);

}  // namespace
}  // namespace assay::plan
