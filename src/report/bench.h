// A bench → characters: for the terminal, for pasting where llama-bench's tables are pasted, for programs.
#pragma once

#include <string>

#include "record/bench.h"
#include "report/layout.h"

namespace assay::report {

/// One line per row: speed with its interval, how many repetitions and why no more, TTFT, memory, roofline.
/// Columns of settings are there when they vary. Notes and what went wrong stand below.
std::string bench_table(const record::BenchReport& report, std::size_t width, const Paint& paint);
/// llama-bench's own table (model, size, params, backend, threads, test, t/s with mean ± standard deviation).
std::string bench_markdown(const record::BenchReport& report);
/// record::to_json() with the figures of each row.
std::string bench_json(const record::BenchReport& report);
std::string bench_csv(const record::BenchReport& report);

}  // namespace assay::report
