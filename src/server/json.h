// Runs and samples as the interface writes them. Absent is null.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "store/store.h"

namespace assay::server {

OrderedJson machine_json(const record::Machine& machine);
OrderedJson run_json(const record::Run& run, std::uint64_t stored, const std::vector<store::Layer>& layers,
                     bool here);
/// The run came from another tool's report: it has figures only as claims.
bool is_imported(const record::Run& run);
OrderedJson cells_json(const record::Run& run);
OrderedJson ms_or_null(const std::optional<Nanos>& time);
/// Absent: nobody has judged.
OrderedJson mark_or_null(const record::Verdict* verdict);

}  // namespace assay::server
