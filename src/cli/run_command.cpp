// assay run: load, expand, preflight, open the store, run, grade, summarise, render.

#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/table.h"
#include "base/duration.h"
#include "base/file.h"
#include "base/process.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/fail_under.h"
#include "cli/interrupt.h"
#include "cli/judge_models.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/resume.h"
#include "cli/run_observer.h"
#include "cli/run_options.h"
#include "cli/sandbox_choice.h"
#include "cli/summarise.h"
#include "evaluator/grader.h"
#include "meter/machine.h"
#include "model/facts.h"
#include "model/identity.h"
#include "model/memory.h"
#include "plan/key.h"
#include "plan/plan.h"
#include "runner/runner.h"
#include "suite/model.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

struct Options {
  RunOptions run;
  bool resume = false;
  bool quiet = false;
  bool unsafe = false;     ///< --unsafe-no-sandbox
  std::string fail_under;  ///< --fail-under as written
  std::string label;
};

// A larger file is proved by its header, tensor table and memory need: loading it twice would take minutes.
constexpr std::uint64_t kLoadTwiceLimit = 1ULL << 30U;

Result<runner::Backends> make_backends(const record::Plan& plan, Clock& clock, Errors& errors) {
  runner::Backends backends;
  for (const record::ModelSpec& spec : plan.models) {
    auto made = backend::make(spec, {clock});
    if (made)
      backends.push_back(std::move(*made));
    else
      errors.push_back(made.error());
  }
  return backends;
}

/// What the header of a model file says against it: truncated, not a model, more than the memory there is.
Errors file_errors(const record::Plan& plan) {
  Errors errors;
  for (const record::ModelSpec& spec : plan.models) {
    if (spec.engine != "llama") continue;
    const auto facts = model::inspect(spec.model);
    if (!facts) {
      errors.push_back(facts.error());
      continue;
    }
    model::MemoryOptions options;
    const record::Params params = record::merged(plan.cells.front().params, spec.params);
    const auto context = params.find("context");
    std::uint64_t per_request =
        context != params.end() ? context->second.get<std::uint64_t>() : facts->context_length.value_or(4096);
    // An automatic load was chosen so that it fits, and asks for no more than its longest request needs.
    if (plan.load.measure && context == params.end())
      per_request = std::min(per_request, plan.longest_request);
    options.context = per_request * static_cast<std::uint64_t>(plan.load.parallel);
    const auto available = available_memory();
    if (!available) continue;
    if (auto fits = model::fits_memory(spec.model, *facts, options, *available); !fits)
      errors.push_back(fits.error());
  }
  return errors;
}

record::Run new_run(const Prepared& prepared, const Options& options, Clock& clock) {
  record::Run run;
  std::random_device random;
  run.started_wall = clock.wall();
  run.started_mono = clock.now();
  run.id = record::new_run_id(run.started_wall, (static_cast<std::uint64_t>(random()) << 32U) | random());
  run.label = options.label;
  run.suite_name = prepared.suite.name;
  run.suite_path = absolute_path(prepared.suite.path);
  run.suite_sha256 = prepared.suite.sha256;
  run.suite_text = suite::write(prepared.suite);
  run.cells = prepared.plan.cells;
  for (const record::ModelSpec& spec : prepared.plan.models) {
    record::ModelRecord entry;
    entry.spec = spec;
    run.models.push_back(std::move(entry));
  }
  run.seed = prepared.plan.seed;
  run.repeats = prepared.plan.repeats;
  run.load = prepared.plan.load;
  for (const record::Trial& trial : prepared.plan.trials) run.planned += trial.warmup ? 0 : 1;
  run.assay_version = ASSAY_VERSION;
  run.machine = meter::describe_machine();
  run.options = prepared.options;
  return run;
}

std::vector<std::uint64_t> trials_by_model(const record::Plan& plan) {
  std::vector<std::uint64_t> counts(plan.models.size());
  for (const record::Trial& trial : plan.trials) counts[trial.model] += trial.warmup ? 0 : 1;
  return counts;
}

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

  /// The store failed under the run (a full disk): what it had taken stays.
  Exit broke_off(const Error& error) {
    progress_.clear();
    print_error(error);
    say(fmt::format("What was stored stays. Go on with: assay run {} --resume", prepared_.suite.path));
    return Exit::nothing_ran;
  }

  Result<void> open_run(store::Store& store, const evaluator::Grader& grader);
  Result<runner::Outcome> walk(store::Store& store, const evaluator::Grader& grader);
  Exit conclude(store::Store& store, const runner::Outcome& outcome);

  const Options& options_;
  Shell& shell_;
  const std::atomic<bool>& stop_;
  SystemClock clock_;
  Progress progress_;
  Prepared prepared_;
  record::Run run_;
  store::LayerId layer_ = 0;
  runner::Backends backends_;
  std::optional<runner::Preloaded> first_;
  std::optional<double> least_accuracy_;
  bool begun_ = false;  // the run is in the store
};

Exit Session::run_suite(const std::string& path) {
  auto prepared = prepare(path, options_.run, catalogue());
  if (!prepared) return refuse(prepared.error(), Exit::usage);
  prepared_ = std::move(*prepared);
  const auto least = fail_under_from(options_.fail_under);
  if (!least) return refuse(least.error(), Exit::usage);
  least_accuracy_ = *least;
  auto sandbox = sandbox_for(prepared_.suite, options_.unsafe);
  if (!sandbox) return refuse(sandbox.error(), Exit::nothing_ran);
  auto judges = judges_for(prepared_.suite);
  if (!judges) return refuse(judges.error(), Exit::usage);
  auto grader = evaluator::Grader::make(prepared_.suite, std::move(*sandbox), std::move(*judges));
  if (!grader) return refuse(grader.error(), Exit::usage);

  auto store = open_store_to_write(shell_);
  if (!store) return refuse(store.error(), Exit::nothing_ran);
  run_ = new_run(prepared_, options_, clock_);
  if (options_.resume) {
    if (auto resumed = resume_run(*store, prepared_, run_); !resumed)
      return refuse(resumed.error(), Exit::nothing_ran);
  }

  Errors errors = suite::missing_engines(prepared_.plan.models, catalogue());
  if (errors.empty()) errors = suite::missing_model_files(prepared_.plan.models);
  if (!errors.empty()) return refuse(errors, Exit::nothing_ran);
  auto backends = make_backends(prepared_.plan, clock_, errors);
  if (errors.empty()) errors = file_errors(prepared_.plan);
  if (!errors.empty()) return refuse(errors, Exit::nothing_ran);
  backends_ = std::move(*backends);

  const auto outcome = walk(*store, *grader);
  if (!outcome) return begun_ ? broke_off(outcome.error()) : refuse(outcome.error(), Exit::nothing_ran);
  return conclude(*store, *outcome);
}

/// Stores the run's beginning, or claims the one that is resumed.
Result<void> Session::open_run(store::Store& store, const evaluator::Grader& grader) {
  auto known = store.layers(run_.id);
  const bool resumed = options_.resume && store.run(run_.id).has_value();
  auto opened = resumed ? store.resume(run_.id) : store.begin(run_);
  if (!opened) return opened;
  const store::Layer fresh{.id = 0,
                           .created = clock_.wall(),
                           .grading = std::string(name_of(prepared_.suite.grading)),
                           .versions = grader.versions()};
  if (resumed && known && !known->empty() && known->back().versions == fresh.versions &&
      known->back().grading == fresh.grading) {
    layer_ = known->back().id;
    return {};
  }
  auto layer = store.add_layer(run_.id, fresh);
  if (!layer) return fail(layer.error());
  layer_ = *layer;
  return {};
}

Result<runner::Outcome> Session::walk(store::Store& store, const evaluator::Grader& grader) {
  const record::Suite& suite = prepared_.suite;
  const record::Plan& plan = prepared_.plan;
  // Preflight proves before anything is stored; its observer shows which model is being checked.
  struct Checking final : runner::Observer {
    Checking(Progress& progress_line, const record::Plan& the_plan)
        : progress(progress_line), plan(the_plan) {}
    void on_load_begin(std::uint32_t model) override { progress.preflight(plan.models[model].label); }
    Result<void> on_sample(record::Sample&&, bool) override { return {}; }
    Progress& progress;
    const record::Plan& plan;
  } checking(progress_, prepared_.plan);
  plan::TrialKeys keys(suite, plan, model_identities(plan));
  const auto request_of = [&](const record::Trial& trial) -> runner::TrialRequest {
    const record::Case& one = suite.cases[trial.case_index];
    return {one.id, keys.of(trial), plan::prompt_of(suite, one),
            plan::params_of(suite, plan.models[trial.model], plan.cells[trial.cell], one, trial.repeat)};
  };
  const runner::Runner checker{prepared_.plan, backends_, clock_, request_of, checking, stop_, {}};
  runner::Preflight ready = runner::preflight(checker, [&](std::uint32_t model) {
    return model::size_on_disk(prepared_.plan.models[model].model).value_or(0) <= kLoadTwiceLimit;
  });
  progress_.clear();
  if (!ready.errors.empty()) {
    for (std::size_t i = 0; i + 1 < ready.errors.size(); ++i) print_error(ready.errors[i]);
    return fail(ready.errors.back());
  }
  first_ = std::move(ready.first);
  if (auto opened = open_run(store, grader); !opened) return fail(opened.error());
  begun_ = true;
  const auto next = store.next_sequence(run_.id);
  if (!next) return fail(next.error());

  RunObserver observer(store, run_, prepared_.suite, grader, layer_, progress_);
  observer.expect(trials_by_model(prepared_.plan));
  const runner::Runner runner{prepared_.plan,
                              backends_,
                              clock_,
                              request_of,
                              observer,
                              stop_,
                              {.first_sequence = *next, .run_start = run_.started_mono, .run_id = run_.id}};
  auto outcome = runner::run(runner, std::move(first_));
  if (!outcome) {
    static_cast<void>(store.finish(run_.id, record::RunState::interrupted, clock_.wall()));
    return outcome;
  }
  if (auto graded = observer.grade_pending(); !graded) return fail(graded.error());
  const auto state = outcome->interrupted ? record::RunState::interrupted : record::RunState::finished;
  if (auto ended = store.finish(run_.id, state, clock_.wall()); !ended) return fail(ended.error());
  return outcome;
}

Exit Session::conclude(store::Store& store, const runner::Outcome& outcome) {
  progress_.clear();
  const auto stored = store.run(run_.id);
  if (!stored) return refuse(stored.error(), Exit::nothing_ran);
  const auto summary = summarise(store, *stored, prepared_.suite);
  if (!summary) return refuse(summary.error(), Exit::nothing_ran);
  if (!shell_.json && !options_.quiet && stderr_is_terminal()) say("");  // apart from the progress lines
  print(render_summary(*summary, shell_.json ? "json" : "table"));
  if (!shell_.json && !options_.quiet) {
    const std::string& id = run_.id;
    say(outcome.interrupted
            ? fmt::format("\nInterrupted. Go on with: assay run {} --resume", prepared_.suite.path)
            : fmt::format("\nEvery answer: assay samples {}    As a report: assay report {} -f md", id, id));
  }
  std::uint64_t samples = 0;
  for (const stats::SummaryRow& row : summary->rows)
    samples += row.passed + row.failed + row.errors + row.incomplete + row.ungraded;
  return worse_of(exit_of(outcome, samples), check_accuracy(*summary, least_accuracy_));
}

}  // namespace

void add_run(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  add_run_options(command, options->run, true);
  command.add_flag("--resume", options->resume,
                   "Go on with the newest unfinished run of this suite, or start one");
  add_fail_under_option(command, options->fail_under);
  add_sandbox_option(command, options->unsafe);
  command.add_option("--label", options->label, "A name for the run, usable instead of its id");
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
      Exit exit = Exit::done;
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
