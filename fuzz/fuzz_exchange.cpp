// Reports of other tools. What is read, written and read again is equal, and writing it again gives the same
// bytes; checking it against itself ends without a crash.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "exchange/benchy_check.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_name.h"
#include "exchange/benchy_records.h"
#include "exchange/benchy_report.h"

namespace {

using namespace assay;

/// Every result becomes a sample, and none is lost.
void check_records(const exchange::BenchyReport& report) {
  const exchange::ImportedRun imported = exchange::run_of(
      report, {.run_id = "r", .label = {}, .path = report.name, .sha256 = {}, .now = Nanos{1}});
  std::uint64_t samples = 0;
  const auto done = exchange::each_sample(
      report, "r", [&](record::Sample&& sample, std::optional<record::Verdict>&& verdict) -> Result<void> {
        CHECK(sample.sequence == samples++);
        CHECK(sample.model < imported.run.models.size());
        CHECK(verdict.has_value() == (sample.status == record::Status::ok));
        return {};
      });
  CHECK(done.has_value() && samples == imported.run.planned);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string stem = exchange::benchy_stem(text.substr(0, 300));
  CHECK(!stem.empty() && stem.size() <= 121 && stem.find('/') == std::string::npos &&
        !first_invalid_utf8(stem));
  const auto first = exchange::read_benchy(text, "fuzz");
  if (!first) {
    CHECK(!first.error().found.empty());
    return 0;
  }
  const std::string written = exchange::write_benchy(first->report);
  const auto again = exchange::read_benchy(written, "again");
  if (!again) std::fprintf(stderr, "%s\n%s\n", message(again.error()).c_str(), written.c_str());
  CHECK(again.has_value());
  CHECK(again->report == first->report);
  CHECK(exchange::write_benchy(again->report) == written);
  static_cast<void>(exchange::check_figures(first->report));
  static_cast<void>(exchange::check_prompts(first->report));
  check_records(first->report);
  return 0;
}
