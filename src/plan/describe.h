// The plan for people: what `assay plan` prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/plan.h"
#include "record/suite.h"

namespace assay::plan {

struct ModelCounts {
  std::uint64_t trials = 0;  ///< without warm-ups
  std::uint64_t warmups = 0;
  std::uint64_t loads = 0;
};

struct Counts {
  std::uint64_t cases = 0;  ///< that run at least once
  std::uint64_t cells = 0;
  std::uint64_t trials = 0;
  std::uint64_t warmups = 0;
  std::uint64_t loads = 0;
  std::vector<ModelCounts> models;  ///< parallel to plan.models
};
Counts count(const record::Plan& plan);

/// One clause about a load that nobody named: how many go alone and together, and how to get one stream.
/// Empty when the plan has no such load.
std::string describe_default_load(const record::Plan& plan);
/// Counts, and one line for each stretch (the first 20).
std::string describe(const record::Plan& plan, const record::Suite& suite);
/// Every trial in order, one a line: "model  cell  case  repeat 1". For tests, and for `assay plan --trials`.
std::string list_trials(const record::Plan& plan, const record::Suite& suite);
/// The exact messages of one case, its media, expectation, and the parameters for each model and cell.
std::string describe_case(const record::Plan& plan, const record::Suite& suite, const record::Case& test);

}  // namespace assay::plan
