// assay compare --power: how many cases a difference needs, and what the cases there are can show. Before a
// run from assumptions, after it from its data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "stats/summary.h"

namespace assay::cli {

/// What is assumed where nothing was measured.
struct PowerAsked {
  std::optional<std::uint64_t> cases;  ///< so many there are or will be
  std::optional<double> difference;    ///< that shall be found; a share, 0.05 is 5 points
  std::optional<double> correlation;   ///< of the two models' results; without it 0, 0.5 and 0.8 are shown
  std::optional<double> discordant;    ///< share of cases that one of the two passes; instead of it
};

/// One line of either direction. The variance of a case's difference is what it stands on.
struct PowerLine {
  std::string
      basis;  ///< "ρ = 0.5", "9 % of the cases discordant", "A: tiny-s and B: tiny-s, 200 cases in pairs"
  std::optional<std::uint64_t> pairs;  ///< cases that were measured
  std::optional<double> variance;      ///< absent: none was measured
  struct Cases {
    double difference;
    std::uint64_t cases;
  };
  std::vector<Cases> to_find;  ///< cases that find a difference four times in five
  struct Smallest {
    std::uint64_t cases;
    double difference;
  };
  std::vector<Smallest> smallest;  ///< the difference that so many cases find four times in five
  struct Repeats {
    std::uint64_t repeats;
    double se;
  };
  std::vector<Repeats> repeats;  ///< standard error with so many repeats of the cases that were measured
};

/// From assumptions: scores of 0 and 1 that are right half of the time, which is the worst case.
/// Errors: bad_input when a number is out of its range.
Result<std::vector<PowerLine>> power_from_assumptions(const PowerAsked& asked);
/// From a run: one line for each pair of rows whose accuracies were compared.
std::vector<PowerLine> power_from_data(const stats::Summary& summary, const PowerAsked& asked);

/// Sentences, one a line.
std::string power_text(const std::vector<PowerLine>& lines);
/// Schema assay.power/1 is made of these.
OrderedJson power_json(const std::vector<PowerLine>& lines);

}  // namespace assay::cli
