// A bench → characters: for the terminal, for pasting where llama-bench's tables are pasted, for programs.
#pragma once

#include <string>
#include <vector>

#include "record/bench.h"
#include "report/layout.h"
#include "stats/bench_comparison.h"

namespace assay::report {

/// One line per row: speed with its interval, how many repetitions and why no more, TTFT, memory, roofline.
/// Columns of settings are there when they vary. Notes and what went wrong stand below.
std::string bench_table(const record::BenchReport& report, std::size_t width, const Paint& paint);
/// llama-bench's own table (model, size, params, backend, threads, test, t/s with mean ± standard deviation).
std::string bench_markdown(const record::BenchReport& report);
/// What stands below the table: LocalScore, the end of a long test, what went wrong, notes.
std::vector<std::string> bench_sentences(const record::BenchReport& report);
/// record::to_json() with the figures of each row and the sentences.
Json bench_document(const record::BenchReport& report);
std::string bench_json(const record::BenchReport& report);
std::string bench_csv(const record::BenchReport& report);

/// One line per test that both sides measured, then the sentences: what is shown, what only one side has.
std::string bench_comparison_table(const record::BenchReport& a, const record::BenchReport& b,
                                   const stats::BenchComparison& comparison, std::size_t width,
                                   const Paint& paint);

}  // namespace assay::report
