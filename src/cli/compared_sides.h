// A baseline and one or several sides beside it: runs of suites, or benches.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/bench_comparison.h"
#include "cli/comparison.h"
#include "cli/gate.h"

namespace assay::cli {

/// One of the two lists is empty.
struct ComparedSides {
  std::vector<Comparison> runs;
  std::vector<ComparedBenches> benches;
};

/// A against each of the others; what is shown is adjusted over all of them together. Errors: not_found;
/// bad_input when there is nothing to compare, or more than kMostSides.
Result<ComparedSides> compare_sides(const store::Store& store, const std::string& a,
                                    const std::vector<std::string>& others, char separator = '#');

/// For each comparison, the results of every gate.
std::vector<std::vector<GateResult>> check_gates(const std::vector<Gate>& gates, const ComparedSides& sides);

/// Of one comparison its own schema; of several assay.comparisons/1, which lists them.
OrderedJson sides_json(const ComparedSides& sides, const std::vector<std::vector<GateResult>>& gates);

}  // namespace assay::cli
