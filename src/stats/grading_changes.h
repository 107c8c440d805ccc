// Two gradings side by side: scores that were made by different rules are no measure of two models.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "stats/side_by_side.h"
#include "stats/summary.h"

namespace assay::stats {

/// What a run keeps of how it was judged.
struct GradingRecord {
  std::string grading;  ///< assay, benchy, …
  Json versions;        ///< evaluator::Grader::versions(); null where an import does not say
};

/// What differs: the rules, the evaluators and filters with their versions, and the libraries and the sandbox
/// that they rest on. "–" where one side does not have it.
std::vector<Change> grading_changes(const GradingRecord& a, const GradingRecord& b);

/// The sentence for the table in which the scores of side `letter` stand beside A's. `changes` is not empty.
Note judged_differently(const std::vector<Change>& changes, const std::string& letter);

}  // namespace assay::stats
