// The figures of a report: recomputed as Benchy computes them, compared with what it stored, and as assay
// would give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/benchy_report.h"

namespace assay::exchange {

enum class Summation {
  compensated,  ///< Python 3.12 and later
  plain,        ///< before; the last bits differ
};

/// From the results, errored zeros included. A figure that needs a missing value is absent, and so are the
/// averages of no results.
BenchyFigures recomputed(const BenchyModel& model, Summation summation = Summation::compensated);
/// The same of all models: counts are summed, averages are plain means of the models' averages.
BenchyFigures recomputed_overall(const BenchyReport& report, Summation summation = Summation::compensated);

/// How stored figures compare with recomputed ones, bit for bit.
struct FigureCheck {
  std::size_t same = 0;
  std::size_t explained = 0;  ///< differ, and equal what a plain summation gives
  std::size_t different = 0;
  std::size_t not_checked = 0;    ///< not stored, or a value that it needs is missing
  std::vector<Finding> findings;  ///< one W-AGG for each that differs
};
FigureCheck check_figures(const BenchyReport& report);

/// Whether a result's speed or load time is a measurement: 0.0 of a provider that is not on this machine says
/// "not measured".
std::optional<double> measured_speed(const BenchyModel& model, const BenchyResult& result);
std::optional<double> measured_load(const BenchyModel& model, const BenchyResult& result);

/// What assay says of a model: errored results have no verdict and stay out of the means.
struct KnownFigures {
  std::size_t correct = 0;
  std::size_t judged = 0;
  std::size_t without_verdict = 0;
  std::optional<double> tokens_per_second;
  std::optional<double> total_ms;
  std::optional<double> load_ms;
  std::optional<double> cost_usd;  ///< of all results whose cost is known
};
KnownFigures known_figures(const BenchyModel& model);

}  // namespace assay::exchange
