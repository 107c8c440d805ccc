// The sentences under the table: what a reader must know before believing it. Internal to stats/.
#pragma once

#include <vector>

#include "record/run.h"
#include "stats/row_data.h"
#include "stats/row_summary.h"
#include "stats/summariser.h"
#include "stats/summary.h"

namespace assay::stats {

/// Below this coverage the bounds of the accuracy are printed: a model that thinks for ever on hard cases
/// must not gain.
inline constexpr double kFullEnough = 0.95;
/// From this share of the graded answers on, and from so many, it is said that nothing was found in them.
inline constexpr double kManyUnfound = 0.1;
inline constexpr std::uint64_t kFewestUnfound = 2;
/// A drift smaller than this is not worth a sentence, however surely it is there.
inline constexpr double kLeastDrift = 0.01;
/// Below this share of the file in the page cache, a load is called cold.
inline constexpr double kWarmCache = 0.5;

/// Fills summary.notes. `data[r]` and `totals[r]` belong to summary.rows[r].
void add_notes(Summary& summary, const record::Run& run, const SummaryOptions& options,
               const std::vector<const RowData*>& data, const std::vector<std::vector<CaseTotals>>& totals,
               const CaseTable& cases);

}  // namespace assay::stats
