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

struct ChosenSide {
  record::Run run;
  std::optional<std::uint32_t> model;  ///< absent: all of the run
};

struct ComparedSide : ChosenSide {
  record::Suite suite;
};

struct Comparison {
  std::string letter = "B";  ///< how the second side is called
  ComparedSide a, b;
  std::vector<stats::Change> changes;                             ///< what else differs
  std::vector<std::pair<std::uint32_t, std::uint32_t>> compared;  ///< models of the summary's run
  stats::Summary summary;
};

/// A side is the run's word, then perhaps the separator and a model's label: "last#tiny-s". Errors:
/// not_found.
Result<ChosenSide> choose_side(const store::Store& store, const std::string& word, char separator = '#');
/// True: both are benches; false: both have samples. Errors: bad_input when one of them is a bench.
Result<bool> are_benches(const ChosenSide& a, const ChosenSide& b);
/// Which models are compared. Errors: bad_input when there is nothing to compare.
Result<std::vector<stats::ModelPair>> pairs_of(const ChosenSide& a, const ChosenSide& b);

/// Runs with samples. Errors: bad_input when there is nothing to compare.
Result<Comparison> compare_runs(const store::Store& store, ChosenSide a, ChosenSide b,
                                const std::string& letter = "B");

/// "B", "C", …: how the side at this place behind the baseline is called.
std::string letter_of(std::size_t place);
/// So many sides a baseline is compared with at most.
inline constexpr std::size_t kMostSides = 8;

OrderedJson changes_json(const std::vector<stats::Change>& changes);
OrderedJson gates_json(const std::vector<GateResult>& gates);
/// Schema assay.comparison/1.
OrderedJson comparison_json(const Comparison& comparison, const std::vector<GateResult>& gates);

}  // namespace assay::cli
