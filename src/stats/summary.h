// Samples and verdicts → the rows that people see. Unit of analysis: the case; repeats of a case are a
// cluster.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "stats/interval.h"

namespace assay::stats {

/// One metric of one row. `headline` is pooled for rates (decode_tps, prefill_tps) and the median for times
/// and memory. Absent: no sample had it; never 0.
struct MetricSummary {
  std::optional<double> headline;
  std::optional<Interval> ci95;  ///< absent for n < 3
  std::uint64_t n = 0;           ///< samples behind it (unfit ones left out)
  std::uint64_t unfit = 0;       ///< samples that had it and were left out because of a flag
  std::optional<double> mean, median, p5, p95, p99, sd, min, max;
  std::string method;  ///< "pooled; bootstrap over cases", "median; bootstrap", …
};

/// One model × cell.
struct SummaryRow {
  std::uint32_t model = 0;
  std::uint32_t cell = 0;
  std::string model_label;
  std::string cell_label;
  std::optional<std::uint64_t> params;  ///< parameter count
  std::uint64_t cases = 0;
  std::uint64_t repeats = 1;
  std::uint64_t passed = 0, failed = 0, errors = 0, incomplete = 0, ungraded = 0;
  std::uint64_t missing = 0;       ///< planned samples that do not exist (interrupted run)
  std::optional<double> accuracy;  ///< passed / (passed + failed)
  std::optional<Interval> accuracy_ci95;
  std::string accuracy_method;                   ///< wilson, clustered, clustered (cut), wilson (clusters)
  std::optional<double> score;                   ///< mean score of graded samples, with weights
  double coverage = 0;                           ///< (passed + failed) / planned
  double low = 0, high = 0;                      ///< bounds of accuracy over what was not graded
  std::map<std::string, MetricSummary> metrics;  ///< names of docs/measurement.md
  std::map<std::string, std::uint64_t> reasons;  ///< "fail:no_answer" → count
  std::map<std::string, std::uint64_t> flags;    ///< flag → samples
  std::map<std::string, std::optional<double>> named_scores;  ///< metric: of checks, and further pipelines
};

/// A sentence that belongs under the table: low coverage, dead zone, drift, cases that tell nothing apart, …
struct Note {
  std::string kind;  ///< coverage, dead_zone, drift, tells_nothing, cold_load, debug_build, …
  std::string text;
  std::vector<std::string> case_ids;
};

struct Difference {    ///< the larger model is more accurate, the smaller faster: said only where it is shown
  std::string metric;  ///< accuracy, decode_tps
  std::uint32_t better = 0;  ///< row index
  std::uint32_t worse = 0;
  double estimate = 0;  ///< accuracy: difference; decode_tps: ratio − 1
  std::optional<Interval> ci95;
  double p = 1;        ///< McNemar exact, or of the paired test; adjusted by Holm over the table
  bool shown = false;  ///< p < 0.05 after Holm, or the ratio's interval excludes 1
  std::string text;    ///< "tiny-m is more accurate than tiny-s: 92 % against 61 % (p < 0.001, 50 cases)"
};

struct Summary {
  std::string run_id;
  std::string suite_name;
  std::string state;
  std::string started;  ///< RFC 3339
  std::vector<SummaryRow> rows;
  std::vector<Difference> differences;
  std::vector<Note> notes;
};

}  // namespace assay::stats
