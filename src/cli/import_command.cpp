// assay import: a report of Benchy becomes a run of the store, or is only checked.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/python.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_checks.h"
#include "cli/report_import.h"
#include "exchange/benchy_figures.h"
#include "exchange/json_reader.h"

namespace assay::cli {
namespace {

using exchange::BenchyReport;
using exchange::Finding;

struct Options {
  std::string file;
  std::string label;
  bool verify = false;
};

constexpr std::size_t kListed = 20;

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

  auto store = open_store_to_write(shell);
  if (!store) return failed(store.error());
  const auto run = keep_report(*store, report, *bytes, options.file, options.label);
  if (!run) return failed(run.error());
  const std::string& id = run->id;
  if (shell.json) {
    print_line(dump(Json{{"schema", "assay.import.v1"},
                         {"run_id", id},
                         {"format", fmt::format("benchy R{}", report.generation())},
                         {"results", run->planned},
                         {"repetitions", run->repeats}}));
    return Exit::done;
  }
  print_line(fmt::format("run {}: {}, {} results, a report of Benchy (R{})", id, printable(report.name, 60),
                         run->planned, report.generation()));
  for (const exchange::BenchyModel& model : report.models) print_line(model_line(model));
  say(fmt::format("Its verdicts fit these rules: {}. assay show {} has the table.", rules_text(all), id));
  return Exit::done;
}

}  // namespace

void add_import(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("file", options->file, "A report of Benchy (.json), of any generation")->required();
  command.add_option("--label", options->label, "A name for the run, usable instead of its id")
      ->type_name("NAME")
      ->check(run_name());
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
