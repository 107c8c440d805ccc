// Sentences about models that were asked over HTTP: where the time went, and what the server says of itself.
// Internal to stats/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/run.h"
#include "stats/row_data.h"
#include "stats/summary.h"

namespace assay::stats {

/// "ollama:x: of its TTFT of 6.2 ms, 3.1 ms are prefill by the server's own count and 0.9 ms are HTTP; it
/// claims to decode at 1750 tok/s, where 1915 were seen". Absent for a worker's model, or when nothing is
/// known.
std::optional<std::string> where_time_went(const SummaryRow& row, const record::ModelRecord& model,
                                           const RowData& data);

/// Rows that look like one model on several engines (equal parameter counts, different engines) and whose
/// prompts have different lengths all the same: their chat templates differ, so they were not asked the same.
std::vector<std::string> different_templates(const Summary& summary, const record::Run& run,
                                             const std::vector<const RowData*>& data);

}  // namespace assay::stats
