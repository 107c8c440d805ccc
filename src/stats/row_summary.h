// One row's columns → its SummaryRow, and what comparisons need of each of its cases. Internal to stats/.
#pragma once

#include <cstdint>
#include <vector>

#include "record/run.h"
#include "stats/row_data.h"
#include "stats/summary.h"

namespace assay::stats {

/// What one row knows of one case, its repeats added up.
struct CaseTotals {
  std::uint32_t samples = 0;
  std::uint32_t passed = 0;
  std::uint32_t graded = 0;
  double scores = 0;         ///< sum of the graded samples' scores
  std::uint32_t scored = 0;  ///< how many have one
  RatioTerm decode;          ///< tokens after the first and their seconds, of fit samples
};

/// Parallel to the numbers of `cases`.
std::vector<CaseTotals> case_totals(const RowData& data, const CaseTable& cases);

/// Samples that the plan has for each model × cell; 0 when the run does not say.
std::uint64_t planned_per_row(const record::Run& run);

SummaryRow summarise_row(const record::Run& run, std::uint32_t model, std::uint32_t cell, const RowData& data,
                         const CaseTable& cases);

}  // namespace assay::stats
