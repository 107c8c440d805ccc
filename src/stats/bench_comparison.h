// Two benches test by test: how many times the speed of A is that of B, and is it shown.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "record/bench.h"
#include "stats/bootstrap.h"
#include "stats/side_by_side.h"

namespace assay::stats {

/// One test that both sides measured.
struct BenchDifference {
  std::size_t row_a = 0, row_b = 0;  ///< in their reports
  std::string title;                 ///< "tg128", "tg128 of tiny-s"
  RatioComparison speed;             ///< B ÷ A
  double p_adjusted = 1;             ///< by Holm over all tests of the comparison
  bool shown = false;                ///< p_adjusted < 0.05
  std::vector<Change> settings;      ///< of this test and not of all: threads, batch, …
  std::string text;                  ///< "tg128: B is faster by 12 % (9…15 %), p < 0.001"
};

struct BenchComparison {
  std::string letter = "B";                 ///< how sentences call the second side
  std::vector<BenchDifference> tests;       ///< in A's order
  std::vector<Change> settings;             ///< that differ in the same way in every test
  std::vector<std::size_t> only_a, only_b;  ///< rows of the compared models that the other side lacks
  std::vector<std::string> notes;           ///< what a reader should know before believing a number
};

/// Rows of `pairs`' models, measured here (what was imported beside them is left out). A test is found on the
/// other side by its name and way; where several rows have both, by all of its settings.
BenchComparison compare_benches(const record::BenchReport& a, const record::BenchReport& b,
                                std::span<const ModelPair> pairs, std::string letter = "B");

/// Several comparisons with one baseline as one family: Holm over all of their tests, and their sentences
/// said again.
void adjust_together(std::span<BenchComparison* const> comparisons);

}  // namespace assay::stats
