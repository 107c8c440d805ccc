// Benches in the store: a run whose attachment `bench.json` holds every repetition.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "cli/exit_code.h"
#include "record/bench.h"
#include "store/store.h"

namespace assay::cli {

inline constexpr std::string_view kBenchAttachment = "bench.json";

/// Absent when the run is no bench. Errors: those of the store; bad_input when the attachment is damaged.
Result<std::optional<record::BenchReport>> stored_bench(const store::Store& store, const std::string& run_id);
/// `format`: table, md, json, csv.
std::string render_bench(const record::BenchReport& report, std::string_view format);

}  // namespace assay::cli
