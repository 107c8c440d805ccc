// Which rows differ, and is it shown.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "stats/corpus.h"
#include "stats/row_data.h"
#include "stats/row_summary.h"
#include "stats/summary.h"

namespace assay::stats {

/// Every pair of rows of a cell is compared while that makes at most this many comparisons of one metric over
/// all cells (11 models in one cell, 4 in each of 10 cells). Above it each row is compared with the best of
/// its cell only, as a table against one baseline: 40 models are 39 comparisons instead of 780, which Holm
/// would leave no power.
inline constexpr std::size_t kMostPairs = 60;

/// Fills summary.differences and the rows' badges. `totals[r]` and `corpora[r]` belong to summary.rows[r].
/// With `only`, just these pairs of models are compared, and nobody gets a badge.
void add_differences(Summary& summary, const std::vector<std::vector<CaseTotals>>& totals,
                     const CaseTable& cases, const std::vector<const CorpusData*>& corpora,
                     const std::vector<std::pair<std::uint32_t, std::uint32_t>>& only = {});

/// Several tables as one family of comparisons, such as a baseline against each of several others: Holm over
/// all of their differences, and their sentences said again.
void adjust_together(std::span<Summary* const> summaries);

}  // namespace assay::stats
