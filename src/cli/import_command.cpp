// assay import: a report of Benchy becomes a run of the store, or is only checked.

#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/python.h"
#include "base/text.h"
#include "cli/benchy_rules.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_records.h"
#include "exchange/json_reader.h"
#include "suite/load.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

using exchange::BenchyReport;
using exchange::Finding;

struct Options {
  std::string file;
  std::string label;
  bool verify = false;
};

constexpr std::size_t kSamplesPerWrite = 1000;
constexpr std::size_t kListed = 20;

/// Everything that can be said of a report without storing it.
struct Checked {
  exchange::FigureCheck figures;
  exchange::Check prompts;
  std::vector<exchange::Fit> fits;
  exchange::Check verdicts;
};

Checked checked(const BenchyReport& report) {
  Checked result;
  result.figures = exchange::check_figures(report);
  result.prompts = exchange::check_prompts(report);
  const std::vector<exchange::Rule> rules = benchy_rules();
  result.fits = exchange::best_fits(report, rules);
  result.verdicts = exchange::check_verdicts(report, result.fits);
  return result;
}

void say_findings(const std::vector<Finding>& findings, const std::string& file) {
  for (std::size_t i = 0; i < std::min(kListed, findings.size()); ++i)
    say("warning: " + exchange::message(findings[i], file));
  if (findings.size() > kListed)
    say(fmt::format("warning: … and {} more like the last", findings.size() - kListed));
}

std::string rules_text(const Checked& all) {
  std::vector<std::string> names;
  for (const exchange::Fit& fit : all.fits) names.emplace_back(fit.name);
  const std::size_t misfits = all.fits.empty() ? 0 : all.fits.front().misfits.size();
  const std::string but =
      misfits == 0 ? "" : fmt::format(", with {} {}", misfits, misfits == 1 ? "misfit" : "misfits");
  return join(names, ", ") + but;
}

template <class Counts>
std::string counts_text(std::string_view name, const Counts& counts) {
  const std::string explained = counts.explained == 0 ? "" : fmt::format(", {} explained", counts.explained);
  return fmt::format("{:<11}{} same, {} different{}, {} not checked", name, counts.same, counts.different,
                     explained, counts.not_checked);
}

template <class Counts>
Json counts_json(const Counts& counts) {
  return {{"same", counts.same},
          {"different", counts.different},
          {"explained", counts.explained},
          {"not_checked", counts.not_checked}};
}

Exit verify(const Shell& shell, const Checked& all) {
  if (shell.json) {
    Json rules = Json::array();
    for (const exchange::Fit& fit : all.fits) rules.push_back(fit.name);
    print_line(dump(Json{{"schema", "assay.import_check.v1"},
                         {"verdicts", counts_json(all.verdicts)},
                         {"aggregates", counts_json(all.figures)},
                         {"prompts", counts_json(all.prompts)},
                         {"rules", std::move(rules)}}));
  } else {
    print_line(counts_text("verdicts", all.verdicts));
    print_line(counts_text("aggregates", all.figures));
    print_line(counts_text("prompts", all.prompts));
    print_line("rules that fit the verdicts: " + rules_text(all));
  }
  const std::size_t open = all.verdicts.different + all.figures.different + all.prompts.different;
  return open == 0 ? Exit::done : Exit::gate_failed;
}

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

Result<exchange::ImportedRun> run_of(const BenchyReport& report, const Options& options,
                                     std::string_view bytes, Nanos now) {
  std::random_device device;
  const std::uint64_t random = std::uint64_t{device()} << 32U | device();
  exchange::ImportedRun imported = exchange::run_of(report, {.run_id = record::new_run_id(now, random),
                                                             .label = options.label,
                                                             .path = options.file,
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

std::string shown(const std::optional<double>& value, std::string_view unit) {
  return value ? fmt::format("{:.2f} {}", *value, unit) : std::string("unknown");
}

std::string model_line(const exchange::BenchyModel& model) {
  const exchange::KnownFigures known = exchange::known_figures(model);
  const std::string without =
      known.without_verdict == 0 ? "" : fmt::format(", {} without verdict", known.without_verdict);
  return fmt::format("  {}: {} of {} correct{}; speed {}, total {}, load {}, cost {}",
                     printable(model.label, 60), known.correct, known.judged, without,
                     shown(known.tokens_per_second, "tokens/s"), shown(known.total_ms, "ms"),
                     shown(known.load_ms, "ms"),
                     known.cost_usd ? python_float_text(*known.cost_usd) + " USD" : "unknown");
}

Exit import_file(const Shell& shell, const Options& options) {
  const auto bytes = read_file(options.file, exchange::JsonFileLimits{}.max_bytes);
  if (!bytes) return failed(bytes.error());
  const auto read = exchange::read_benchy(*bytes, options.file);
  if (!read) return failed(read.error());
  const BenchyReport& report = read->report;
  const Checked all = checked(report);
  say_findings(read->findings, options.file);
  say_findings(all.verdicts.findings, options.file);
  say_findings(all.figures.findings, options.file);
  say_findings(all.prompts.findings, options.file);
  if (options.verify) return verify(shell, all);

  SystemClock clock;
  const Nanos now = clock.wall();
  const auto imported = run_of(report, options, *bytes, now);
  if (!imported) return failed(imported.error());
  auto store = open_store_to_write(shell);
  if (!store) return failed(store.error());
  if (auto done = store_all(*store, *imported, report, *bytes, now); !done) return failed(done.error());
  const std::string& id = imported->run.id;
  if (shell.json) {
    print_line(dump(Json{{"schema", "assay.import.v1"},
                         {"run_id", id},
                         {"format", fmt::format("benchy R{}", report.generation())},
                         {"results", imported->run.planned},
                         {"repetitions", imported->run.repeats}}));
    return Exit::done;
  }
  print_line(fmt::format("run {}: {}, {} results, a report of Benchy (R{})", id, printable(report.name, 60),
                         imported->run.planned, report.generation()));
  for (const exchange::BenchyModel& model : report.models) print_line(model_line(model));
  say(fmt::format("Its verdicts fit these rules: {}. assay show {} has the table.", rules_text(all), id));
  return Exit::done;
}

}  // namespace

void add_import(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("file", options->file, "A report of Benchy (.json), of any generation")->required();
  command.add_option("--label", options->label, "A name for the run");
  command.add_flag(
      "--verify", options->verify,
      "Only check the file against itself: verdicts, figures, prompts. Stores nothing; exit code 1 on a "
      "difference that has no explanation");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay import reports/sums_20260102_030405.json            keep it as a run\n"
      "  assay import reports/sums_20260102_030405.json --verify   does it agree with itself?");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return import_file(shell, *options); }; });
}

}  // namespace assay::cli
