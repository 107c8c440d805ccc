#include "cli/report_import.h"

#include <random>

#include "base/clock.h"
#include "base/hash.h"
#include "cli/benchy_rules.h"
#include "cli/catalogue.h"
#include "exchange/benchy_records.h"
#include "suite/load.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

using exchange::BenchyReport;

constexpr std::size_t kSamplesPerWrite = 1000;

/// Commits every sample, and the verdicts in blocks.
Result<void> store_samples(store::Store& store, const BenchyReport& report, const std::string& run_id,
                           Nanos now) {
  const auto layer = store.add_layer(
      run_id, {.id = 0, .created = now, .grading = "benchy", .versions = {{"imported", "benchy"}}});
  if (!layer) return fail(layer.error());
  std::vector<store::GradedSequence> verdicts;
  const auto flush = [&]() -> Result<void> {
    auto kept = store.put_verdicts(run_id, *layer, verdicts);
    verdicts.clear();
    return kept;
  };
  const auto done = exchange::each_sample(
      report, run_id, [&](record::Sample&& sample, std::optional<record::Verdict>&& verdict) -> Result<void> {
        if (auto kept = store.append(sample); !kept) return kept;
        if (verdict) verdicts.push_back({sample.sequence, *std::move(verdict)});
        return verdicts.size() < kSamplesPerWrite ? Result<void>{} : flush();
      });
  return done ? flush() : done;
}

Result<void> store_all(store::Store& store, const exchange::ImportedRun& imported, const BenchyReport& report,
                       std::string_view bytes, Nanos now) {
  const std::string& id = imported.run.id;
  if (auto begun = store.begin(imported.run); !begun) return begun;
  auto done = store.attach(id, exchange::kBenchyAttachment, bytes);
  if (done) done = store_samples(store, report, id, now);
  if (done) return store.finish(id, record::RunState::finished, imported.run.started_wall);
  // Half an import is of no use to anybody.
  static_cast<void>(store.finish(id, record::RunState::failed, now));
  static_cast<void>(store.remove(id));
  return done;
}

Result<exchange::ImportedRun> run_of(const BenchyReport& report, std::string_view bytes,
                                     const std::string& file, const std::string& label, Nanos now) {
  std::random_device device;
  const std::uint64_t random = std::uint64_t{device()} << 32U | device();
  exchange::ImportedRun imported = exchange::run_of(report, {.run_id = record::new_run_id(now, random),
                                                             .label = label,
                                                             .path = file,
                                                             .sha256 = hex(sha256(bytes)),
                                                             .now = now});
  imported.run.suite_text = suite::write(imported.suite);
  // What is stored must be read again by every later command.
  const auto loaded = suite::load(imported.run.suite_text, imported.run.suite_path, catalogue());
  if (loaded.suite) return imported;
  Error error = loaded.errors.front();
  error.found = "the suite made of the report cannot be kept: " + error.found;
  return fail(std::move(error));
}

}  // namespace

Checked checked(const BenchyReport& report) {
  Checked result;
  result.figures = exchange::check_figures(report);
  result.prompts = exchange::check_prompts(report);
  const std::vector<exchange::Rule> rules = benchy_rules();
  result.fits = exchange::best_fits(report, rules);
  result.verdicts = exchange::check_verdicts(report, result.fits);
  return result;
}

Result<record::Run> keep_report(store::Store& store, const BenchyReport& report, const std::string& bytes,
                                const std::string& file, const std::string& label) {
  SystemClock clock;
  const Nanos now = clock.wall();
  auto imported = run_of(report, bytes, file, label, now);
  if (!imported) return fail(imported.error());
  if (auto done = store_all(store, *imported, report, bytes, now); !done) return fail(done.error());
  return std::move(imported->run);
}

}  // namespace assay::cli
