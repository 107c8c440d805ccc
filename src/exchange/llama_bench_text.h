// A file of llama-bench or of `assay bench`, as it lies on somebody's disk → JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay::exchange {

/// More results than this are no table.
inline constexpr std::size_t kMostBenchRows = 10'000;

/// A list of results (-o json, -o jsonl or a single one), or the object that `assay bench -o json` writes.
/// Taken as they come: a byte order mark, UTF-16 with one (PowerShell's `>`), bytes that are no UTF-8 (file
/// names of Windows), and lines of other programs before and behind, with -o jsonl also between.
/// Errors: bad_input, with what the file is instead: empty, cut short, two lists, CSV, SQL or Markdown, which
/// hold no repetitions.
Result<Json> read_bench_text(std::string_view bytes, const std::string& file);

/// Whether a file that is not what somebody thought is likely to be one of these.
bool looks_like_bench(std::string_view text);

}  // namespace assay::exchange
