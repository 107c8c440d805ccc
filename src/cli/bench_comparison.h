// Two benches test by test: what `assay compare` prints and `assay serve` gives of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/comparison.h"
#include "cli/gate.h"
#include "record/bench.h"
#include "stats/bench_comparison.h"
#include "store/store.h"

namespace assay::cli {

struct ComparedBenches {
  ChosenSide a, b;
  record::BenchReport report_a, report_b;
  std::vector<stats::Change> changes;  ///< what else differs
  stats::BenchComparison comparison;
};

/// Errors: not_found; bad_input when there is nothing to compare or a bench is damaged.
Result<ComparedBenches> compare_bench_runs(const store::Store& store, ChosenSide a, ChosenSide b,
                                           const std::string& letter = "B");

/// Metrics of a gate: decode_tps, prefill_tps, ttft_ms, peak_memory_mib. Every test that has it must hold;
/// where the metric is the test's speed a loss beyond the limit must be shown to fail.
GateResult check_bench_gate(const Gate& gate, const ComparedBenches& benches);

/// Schema assay.bench-comparison/1.
OrderedJson bench_comparison_json(const ComparedBenches& benches, const std::vector<GateResult>& gates);

}  // namespace assay::cli
