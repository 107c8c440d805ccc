#include "cli/document.h"

#include "cli/bench_show.h"
#include "cli/other_grading.h"
#include "cli/render.h"
#include "cli/summarise.h"
#include "report/junit.h"

namespace assay::cli {
namespace {

Result<stats::Summary> plain_summary(const store::Store& store, const record::Run& run) {
  const auto suite = stored_suite(run);
  if (!suite) return fail(suite.error());
  return summarise(store, run, *suite);
}

Result<std::string> junit_of(const store::Store& store, const record::Run& run) {
  const auto summary = plain_summary(store, run);
  if (!summary) return fail(summary.error());
  report::JUnit junit;
  const auto read = store.for_each_graded(run.id, std::nullopt, {},
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            junit.add(run, sample, verdict);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  return junit.text(*summary);
}

}  // namespace

Result<stats::Summary> shown_summary(const store::Store& store, const record::Run& run) {
  const auto suite = stored_suite(run);
  if (!suite) return fail(suite.error());
  auto summary = summarise(store, run, *suite);
  if (!summary) return summary;
  if (auto noted = note_other_grading(store, run, *suite, *summary); !noted) return fail(noted.error());
  return summary;
}

Result<std::string> document(const store::Store& store, const record::Run& run, const std::string& format) {
  const auto bench = stored_bench(store, run.id);
  if (!bench) return fail(bench.error());
  if (*bench && format != kJUnit) return render_bench(**bench, format);
  if (format == kJUnit) return junit_of(store, run);
  const auto summary = plain_summary(store, run);
  if (!summary) return fail(summary.error());
  return render_summary(*summary, format);
}

}  // namespace assay::cli
