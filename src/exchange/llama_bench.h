// Results of llama-bench (-o json, -o jsonl), and of `assay bench -o json` on another machine, beside our
// own.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "record/bench.h"

namespace assay::exchange {

/// Adds the models and rows of `text` to `report`; each row says that it came from `file`. The times are
/// theirs: nothing about them was checked here. Errors: bad_input with the row and what it lacks. The report
/// then is as it was.
Result<void> add_bench_file(std::string_view text, const std::string& file, record::BenchReport& report);

}  // namespace assay::exchange
