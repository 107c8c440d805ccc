// Files of llama-bench and of `assay bench`. What is read can be kept, read again, and shown in every form;
// what is refused leaves the report as it was.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "exchange/llama_bench.h"
#include "record/bench.h"
#include "report/bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  record::BenchReport report;
  const Json before = record::to_json(report);
  const auto added = exchange::add_bench_file(text, "fuzz.json", report);
  if (!added) {
    CHECK(!added.error().found.empty());
    CHECK(!first_invalid_utf8(message(added.error())));
    CHECK(record::to_json(report) == before);
    return 0;
  }
  const Json kept = record::to_json(report);
  const auto again = record::bench_from_json(kept);
  if (!again) std::fprintf(stderr, "%s\n%s\n", message(again.error()).c_str(), dump(kept).c_str());
  CHECK(again.has_value());
  CHECK(record::to_json(*again) == kept);
  for (const std::string& shown :
       {report::bench_table(report, 80, {.colour = false, .unicode = true}), report::bench_markdown(report),
        report::bench_csv(report), report::bench_json(report)})
    CHECK(!first_invalid_utf8(shown));
  // Its own document is one of the files that can be read.
  record::BenchReport second;
  const auto own = exchange::add_bench_file(report::bench_json(report), "own.json", second);
  if (!own)
    std::fprintf(stderr, "%s\n%s\n", message(own.error()).c_str(), report::bench_json(report).c_str());
  CHECK(own.has_value() || report.rows.empty());
  CHECK(second.rows.size() == report.rows.size());
  return 0;
}
