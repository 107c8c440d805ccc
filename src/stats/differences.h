// Which rows differ, and is it shown. Internal to stats/.
#pragma once

#include <vector>

#include "stats/row_data.h"
#include "stats/row_summary.h"
#include "stats/summary.h"

namespace assay::stats {

/// Up to this many rows of one cell, every pair is compared; more are each compared with the best one only,
/// as a table against one baseline. 6 rows are 15 pairs, the most that Holm leaves some power for and a
/// person reads; 40 rows would be 780.
inline constexpr std::size_t kMostRowsForAllPairs = 6;

/// Fills summary.differences and the rows' badges. `totals[r]` belongs to summary.rows[r].
void add_differences(Summary& summary, const std::vector<std::vector<CaseTotals>>& totals,
                     const CaseTable& cases);

}  // namespace assay::stats
