// A row of a bench → its figures.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "record/bench.h"
#include "stats/interval.h"

namespace assay::stats {

/// Over the repetitions of one row. A repetition's speed is (prompt + generated tokens) ÷ its time, as in
/// llama-bench.
struct BenchFigures {
  std::size_t n = 0;
  double median = 0;  ///< tokens/s
  /// Bootstrap, 95 %. Absent below 3 repetitions.
  std::optional<Interval> ci95;
  std::optional<double> half_width;  ///< half of the interval ÷ the median
  double mean = 0;
  std::optional<double> sd;  ///< absent for one repetition
  // Medians; present where the test has the part and the times of the parts are known.
  std::optional<double> prefill_tps;
  std::optional<double> decode_tps;
  std::optional<double>
      ttft_ms;  ///< until the prompt's scores: only where there is a prompt and a generation
  /// decode_tps × bytes of weights read per token ÷ measured read bandwidth, in percent.
  std::optional<double> roofline_pct;
};

/// Absent without repetitions.
std::optional<BenchFigures> bench_figures(const record::BenchReport& report, const record::BenchRow& row);

/// Of each repetition, in order: what the median is of. Tokens/s.
std::vector<double> bench_speeds(const record::BenchRow& row);

/// LocalScore's score of one model: 10·∛(mean prefill_tps · mean decode_tps · 1000 ÷ mean ttft_ms) over the
/// shapes, the median over repetitions for each. The interval is a bootstrap over the repetitions of each
/// shape.
struct LocalScore {
  double score = 0;
  std::optional<Interval> ci95;  ///< absent when a shape has fewer than 3 repetitions
  std::size_t shapes = 0;
};
/// `rows` of one model. Absent when a shape lacks one of the three figures.
std::optional<LocalScore> localscore(std::span<const record::BenchRow* const> rows);

/// What a long test did to the machine: its repetitions cut into five stretches, as even as their number
/// allows.
struct Sustained {
  std::array<double, 5> fifths{};  ///< median tokens/s of each, in the order of time
  double end_to_start = 1;         ///< the last ÷ the first
  /// Of end_to_start: an unpaired bootstrap, 95 %. Absent below 5 repetitions in a fifth.
  std::optional<Interval> ci95;
};
/// Absent below 10 repetitions.
std::optional<Sustained> sustained(const record::BenchRow& row);

}  // namespace assay::stats
