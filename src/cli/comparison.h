// Two sides by case: what `assay compare` prints and `assay serve` gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/gate.h"
#include "record/run.h"
#include "record/suite.h"
#include "stats/side_by_side.h"
#include "stats/summary.h"
#include "store/store.h"

namespace assay::cli {

struct ComparedSide {
  record::Run run;
  record::Suite suite;
  std::optional<std::uint32_t> model;  ///< absent: all of the run
};

struct Comparison {
  ComparedSide a, b;
  std::vector<stats::Change> changes;                             ///< what else differs
  std::vector<std::pair<std::uint32_t, std::uint32_t>> compared;  ///< models of the summary's run
  stats::Summary summary;
};

/// A side is the run's word, then perhaps the separator and a model's label: "last#tiny-s". Errors:
/// not_found, bad_input when there is nothing to compare.
Result<Comparison> compare_runs(const store::Store& store, const std::string& a, const std::string& b,
                                char separator = '#');

/// Schema assay.comparison/1.
OrderedJson comparison_json(const Comparison& comparison, const std::vector<GateResult>& gates);

}  // namespace assay::cli
