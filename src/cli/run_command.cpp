// assay run: load, expand, preflight, open the store, run, grade, summarise, render.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/context_warnings.h"
#include "cli/fail_under.h"
#include "cli/interrupt.h"
#include "cli/option_checks.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/run_options.h"
#include "cli/run_session.h"
#include "cli/sandbox_choice.h"
#include "cli/summarise.h"
#include "plan/describe.h"
#include "runner/runner.h"

namespace assay::cli {
namespace {

struct Options {
  RunOptions run;
  bool resume = false;
  bool quiet = false;
  SandboxOptions sandbox;
  std::string fail_under;  ///< --fail-under as written
  std::string label;
  std::optional<double> max_cost;
};

Exit exit_of(const runner::Outcome& outcome, std::uint64_t stored) {
  if (stored == 0 && !outcome.interrupted) return Exit::nothing_ran;
  if (outcome.interrupted) return Exit::interrupted;
  return outcome.errors + outcome.skipped > 0 ? Exit::trial_errors : Exit::done;
}

/// The exit that counts, of several: the first of 2, 4, 130, 1, 3.
Exit worse_of(Exit a, Exit b) {
  for (const Exit exit :
       {Exit::usage, Exit::nothing_ran, Exit::interrupted, Exit::gate_failed, Exit::trial_errors}) {
    if (a == exit || b == exit) return exit;
  }
  return Exit::done;
}

/// One suite from file to table.
class Session {
 public:
  Session(const Options& options, Shell& shell, const std::atomic<bool>& stop)
      : options_(options),
        shell_(shell),
        stop_(stop),
        progress_(clock_, stderr_is_terminal(), options.quiet) {}

  Exit run_suite(const std::string& path);

 private:
  Exit refuse(const Errors& errors, Exit exit) {
    progress_.clear();
    print_errors(errors);
    if (exit == Exit::nothing_ran) say("No trial was run.");
    return exit;
  }
  Exit refuse(const Error& error, Exit exit) { return refuse(Errors{error}, exit); }
  Exit refuse(const Refusal& refusal) {
    return refuse(refusal.errors, refusal.usage ? Exit::usage : Exit::nothing_ran);
  }

  /// The store failed under the run (a full disk): what it had taken stays.
  Exit broke_off(const Error& error, const std::string& path) {
    progress_.clear();
    print_error(error);
    say(fmt::format("What was stored stays. Go on with: assay run {} --resume", path));
    return Exit::nothing_ran;
  }

  Exit conclude(store::Store& store, const RunSession& session, const runner::Outcome& outcome);

  const Options& options_;
  Shell& shell_;
  const std::atomic<bool>& stop_;
  SystemClock clock_;
  Progress progress_;
  std::optional<double> least_accuracy_;
};

Exit Session::run_suite(const std::string& path) {
  auto prepared = prepare(path, options_.run, catalogue());
  if (!prepared) return refuse(prepared.error(), Exit::usage);
  const auto least = fail_under_from(options_.fail_under);
  if (!least) return refuse(least.error(), Exit::usage);
  least_accuracy_ = *least;
  RunSession session(std::move(*prepared),
                     {.label = options_.label, .sandbox = options_.sandbox, .max_cost = options_.max_cost},
                     progress_, stop_);
  if (auto fine = session.check(); !fine) return refuse(fine.error());
  auto store = open_store_to_write(shell_);
  if (!store) return refuse(store.error(), Exit::nothing_ran);
  if (options_.resume) {
    if (auto resumed = session.resume_newest(*store); !resumed)
      return refuse(resumed.error(), Exit::nothing_ran);
    if (!options_.max_cost && session.max_cost())
      say(fmt::format("It may cost {} in all, as it was told; --max-cost gives it another limit.",
                      dollars(*session.max_cost())));
  }
  auto ready = session.get_ready(*store);
  progress_.clear();
  if (!ready) return refuse(ready.error());
  if (const std::string load = plan::describe_default_load(session.prepared().plan);
      !load.empty() && !options_.quiet)
    say("Load: " + load + ".");
  print_warnings(context_warnings(session.prepared().plan));
  const auto outcome = session.walk(*store);
  if (!outcome) return broke_off(outcome.error(), session.prepared().suite.path);
  return conclude(*store, session, *outcome);
}

Exit Session::conclude(store::Store& store, const RunSession& session, const runner::Outcome& outcome) {
  progress_.clear();
  const record::Suite& suite = session.prepared().suite;
  const std::string& id = session.run().id;
  const auto stored = store.run(id);
  if (!stored) return refuse(stored.error(), Exit::nothing_ran);
  const auto summary = summarise(store, *stored, suite);
  if (!summary) return refuse(summary.error(), Exit::nothing_ran);
  if (!shell_.json && !options_.quiet && stderr_is_terminal()) say("");  // apart from the progress lines
  print(render_summary(*summary, shell_.json ? "json" : "table"));
  if (!shell_.json && !options_.quiet && outcome.refused)
    say(fmt::format("\nGo on with more to spend: assay run {} --resume --max-cost …", suite.path));
  if (!shell_.json && !options_.quiet) {
    say(outcome.interrupted
            ? fmt::format("\nInterrupted. Go on with: assay run {} --resume", suite.path)
            : fmt::format("\nEvery answer: assay samples {}    As a report: assay report {} -f md", id, id));
  }
  std::uint64_t samples = 0;
  for (const stats::SummaryRow& row : summary->rows)
    samples += row.passed + row.failed + row.errors + row.incomplete + row.ungraded;
  return worse_of(exit_of(outcome, samples), check_accuracy(*summary, least_accuracy_));
}

/// Of several, a file that is missing is told before the first suite runs for an hour.
Exit all_there(const std::vector<std::string>& suites) {
  Exit exit = Exit::done;
  if (suites.size() < 2) return exit;
  for (const std::string& path : suites) {
    if (file_exists(path)) continue;
    print_error({.code = Code::not_found,
                 .where = {path, 0, 0},
                 .found = "cannot read: no such file",
                 .expected = "a suite file",
                 .remedy = "No suite was run"});
    exit = Exit::usage;
  }
  return exit;
}

}  // namespace

void add_run(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  add_run_options(command, options->run, true);
  command.add_flag("--resume", options->resume,
                   "Go on with the newest unfinished run of this suite, or start one");
  add_fail_under_option(command, options->fail_under);
  add_sandbox_options(command, options->sandbox);
  command.add_option("--label", options->label, "A name for the run, usable instead of its id")
      ->type_name("NAME")
      ->check(run_name());
  command
      .add_option("--max-cost", options->max_cost,
                  "US dollars that services may charge: no request is sent that could take the run over it")
      ->type_name("USD")
      ->check(number_from_0());
  command.add_flag("-q,--quiet", options->quiet, "No progress, only the result");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay run suites/sums.yaml\n"
      "  assay run suites/sums.yaml --model models/tiny-m.q8_0.gguf --param temperature=0.7 --repeats 5\n"
      "  assay run my.yaml --model 'fake:wait 20ms; say 42'        no engine needed\n"
      "  assay run my.yaml --model answers:answers.jsonl           grade answers made elsewhere\n"
      "  assay run suites/sums.yaml --resume                       after Ctrl-C or a crash");
  command.callback([options, &shell] {
    shell.action = [options, &shell] {
      const std::atomic<bool>& stop = catch_interrupts();
      Exit exit = all_there(options->run.suites);
      if (exit != Exit::done) return exit;
      for (const std::string& path : options->run.suites) {
        Session session(*options, shell, stop);
        exit = worse_of(exit, session.run_suite(path));
        if (stop) break;
      }
      return exit;
    };
  });
}

}  // namespace assay::cli
