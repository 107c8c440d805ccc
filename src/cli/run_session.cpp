#include "cli/run_session.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "backend/prices.h"
#include "backend/table.h"
#include "backend/worker_environment.h"
#include "base/file.h"
#include "base/process.h"
#include "cli/catalogue.h"
#include "cli/judge_models.h"
#include "cli/resume.h"
#include "cli/room.h"
#include "cli/run_observer.h"
#include "cli/sandbox_choice.h"
#include "cli/summarise.h"
#include "meter/bandwidth.h"
#include "meter/machine.h"
#include "model/facts.h"
#include "model/identity.h"
#include "model/memory.h"
#include "plan/key.h"
#include "plan/plan.h"
#include "suite/model.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

// A larger file is proved by its header, tensor table and memory need: loading it twice would take minutes.
constexpr std::uint64_t kLoadTwiceLimit = 1ULL << 30U;
// Of a run's options: --max-cost in US dollars.
constexpr const char* kMaxCost = "max_cost";

/// Each load of the model is there for answers soon, so its size follows from its longest request.
bool shares_always(const record::Plan& plan, std::uint32_t model) {
  return std::all_of(plan.stretches.begin(), plan.stretches.end(), [&](const record::Stretch& stretch) {
    return stretch.model != model || stretch.alone.has_value();
  });
}

/// What the header of a model file says against it: truncated, not a model, more than the memory there is.
Errors file_errors(const record::Plan& plan) {
  Errors errors;
  for (std::uint32_t model = 0; model < plan.models.size(); ++model) {
    const record::ModelSpec& spec = plan.models[model];
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
    if (shares_always(plan, model) && context == params.end())
      per_request = std::min(per_request, plan.longest_request);
    options.context = per_request * static_cast<std::uint64_t>(plan.load.parallel);
    const auto available = memory_of_all(meter::describe_machine(), available_memory());
    if (!available) continue;
    if (auto fits = model::fits_memory(spec.model, *facts, options, *available); !fits)
      errors.push_back(fits.error());
  }
  return errors;
}

std::vector<std::uint64_t> trials_by_model(const record::Plan& plan) {
  std::vector<std::uint64_t> counts(plan.models.size());
  for (const record::Trial& trial : plan.trials) counts[trial.model] += trial.warmup ? 0 : 1;
  return counts;
}

tl::unexpected<Refusal> refused(Errors errors, bool usage = false) {
  return tl::unexpected(Refusal{std::move(errors), usage});
}

/// Preflight proves before anything is stored; its observer shows which model is being checked.
struct Checking final : runner::Observer {
  Checking(RunListener& the_listener, const record::Plan& the_plan) : listener(the_listener), plan(the_plan) {
    for (const record::ModelSpec& spec : plan.models)
      checked.push_back({.label = spec.label, .engine = spec.engine, .server = {}, .state = "by its file"});
  }
  void on_load_begin(std::uint32_t model) override {
    listener.preflight(plan.models[model].label);
    checked[model].state = "not ready";  // until the contrary is proven
  }
  void on_proven(std::uint32_t model, const backend::Loaded& loaded) override {
    CheckedModel& row = checked[model];
    row.state = "ready";
    if (!loaded.engine_version.empty()) row.engine = loaded.engine_version;
    row.load = loaded.load;
    row.base_latency = loaded.base_latency;
    if (loaded.over_http && loaded.engine_build.is_object())
      row.server = loaded.engine_build.value("address", "");
  }
  Result<void> on_sample(record::Sample&&, bool) override { return {}; }
  RunListener& listener;
  const record::Plan& plan;
  std::vector<CheckedModel> checked;
};

}  // namespace

RunSession::RunSession(Prepared prepared, SessionOptions options, RunListener& listener,
                       const std::atomic<bool>& stop)
    : prepared_(std::move(prepared)),
      options_(std::move(options)),
      listener_(listener),
      stop_(stop),
      run_(new_run()) {}

RunSession::~RunSession() = default;

record::Run RunSession::new_run() {
  record::Run run;
  std::random_device random;
  run.started_wall = clock_.wall();
  run.started_mono = clock_.now();
  run.id = record::new_run_id(run.started_wall, (static_cast<std::uint64_t>(random()) << 32U) | random());
  run.label = options_.label;
  run.suite_name = prepared_.suite.name;
  run.suite_path = absolute_path(prepared_.suite.path);
  run.suite_sha256 = prepared_.suite.sha256;
  run.suite_text = suite::write(prepared_.suite);
  run.cells = prepared_.plan.cells;
  for (const record::ModelSpec& spec : prepared_.plan.models) {
    record::ModelRecord entry;
    entry.spec = spec;
    run.models.push_back(std::move(entry));
  }
  run.seed = prepared_.plan.seed;
  run.repeats = prepared_.plan.repeats;
  run.load = prepared_.plan.load;
  for (const record::Trial& trial : prepared_.plan.trials) run.planned += trial.warmup ? 0 : 1;
  run.assay_version = ASSAY_VERSION;
  run.machine = meter::describe_machine();
  const auto& models = prepared_.plan.models;
  const bool in_hand = std::any_of(models.begin(), models.end(),
                                   [](const record::ModelSpec& spec) { return spec.engine == "llama"; });
  if (const auto cache = backend::cache_folder(); in_hand && cache)
    run.machine.bandwidth = meter::known_bandwidth(run.machine, *cache, false);
  run.options = prepared_.options;
  // Another run's options may have been taken over; its limit was not.
  run.options.erase(kMaxCost);
  if (options_.max_cost) run.options[kMaxCost] = *options_.max_cost;
  return run;
}

tl::expected<void, Refusal> RunSession::check() {
  auto sandbox = sandbox_for(prepared_.suite, options_.sandbox);
  if (!sandbox) return refused({sandbox.error()});
  auto judges = judges_for(prepared_.suite);
  if (!judges) return refused({judges.error()}, true);
  auto grader = evaluator::Grader::make(prepared_.suite, std::move(*sandbox), std::move(*judges));
  if (!grader) return refused({grader.error()}, true);
  grader_ = std::make_unique<evaluator::Grader>(std::move(*grader));
  if (auto budget = make_budget(); !budget) return refused({budget.error()}, true);
  return {};
}

Result<void> RunSession::make_budget() {
  if (!options_.max_cost) return {};
  for (const std::string& name : evaluator::judges_of(prepared_.suite)) {
    auto judge = suite::parse_model(name, folder_of(prepared_.suite.path), catalogue());
    if (!judge || backend::charge_of(*judge) == backend::Charge::none) continue;
    return fail(
        {.code = Code::unsupported,
         .where = {},
         .found = fmt::format("--max-cost cannot hold for the judge '{}', whose answers cost too", name),
         .expected = {},
         .remedy = "Take a judge of your own, or run without --max-cost"});
  }
  auto budget = Budget::make(*options_.max_cost, prepared_.plan.models);
  if (!budget) return fail(budget.error());
  budget_ = std::move(*budget);
  return {};
}

Result<void> RunSession::keep_max_cost() {
  if (!run_.options.is_object()) run_.options = Json::object();
  if (options_.max_cost) {
    run_.options[kMaxCost] = *options_.max_cost;
    return {};
  }
  const auto kept = run_.options.find(kMaxCost);
  if (kept == run_.options.end() || !kept->is_number()) return {};
  options_.max_cost = kept->get<double>();
  return make_budget();
}

Result<void> RunSession::resume_newest(store::Store& store) {
  if (auto resumed = resume_run(store, prepared_, run_); !resumed) return resumed;
  return keep_max_cost();
}

Result<void> RunSession::resume_stored(const store::Store& store, const std::string& run_id) {
  if (auto resumed = continue_run(store, run_id, prepared_, run_); !resumed) return resumed;
  return keep_max_cost();
}

tl::expected<void, Refusal> RunSession::make_backends() {
  Errors errors = suite::missing_engines(prepared_.plan.models, catalogue());
  if (errors.empty()) errors = suite::missing_model_files(prepared_.plan.models);
  if (!errors.empty()) return refused(std::move(errors));
  for (const record::ModelSpec& spec : prepared_.plan.models) {
    auto made = backend::make(spec, {clock_});
    if (made)
      backends_.push_back(std::move(*made));
    else
      errors.push_back(made.error());
  }
  if (errors.empty()) errors = file_errors(prepared_.plan);
  if (!errors.empty()) return refused(std::move(errors));
  return {};
}

runner::TrialRequest RunSession::request_of(const record::Trial& trial) {
  const record::Suite& suite = prepared_.suite;
  const record::Plan& plan = prepared_.plan;
  const record::Case& one = suite.cases[trial.case_index];
  return {one.id, keys_->of(trial), plan::prompt_of(suite, one),
          plan::params_of(suite, plan.models[trial.model], plan.cells[trial.cell], one, trial.repeat)};
}

tl::expected<void, Refusal> RunSession::preflight() {
  const record::Plan& plan = prepared_.plan;
  keys_ = std::make_unique<plan::TrialKeys>(prepared_.suite, plan, model_identities(plan));
  Checking checking(listener_, plan);
  const runner::Runner checker{
      plan,     backends_, clock_, [this](const record::Trial& trial) { return request_of(trial); },
      checking, stop_,     {}};
  runner::Preflight ready = runner::preflight(checker, [&](std::uint32_t model) {
    return model::size_on_disk(plan.models[model].model).value_or(0) <= kLoadTwiceLimit;
  });
  if (!stop_) listener_.checked(checking.checked);
  if (!ready.errors.empty()) return refused(std::move(ready.errors));
  first_ = std::move(ready.first);
  return {};
}

tl::expected<void, Refusal> RunSession::get_ready(store::Store& store) {
  if (auto made = make_backends(); !made) return made;
  if (auto proven = preflight(); !proven) return proven;
  if (auto opened = open_run(store); !opened) return refused({opened.error()});
  return {};
}

Result<void> RunSession::open_run(store::Store& store) {
  auto known = store.layers(run_.id);
  const bool resumed = store.run(run_.id).has_value();
  auto opened = resumed ? store.resume(run_.id) : store.begin(run_);
  if (!opened) return opened;
  if (resumed) {
    if (auto told = store.update_options(run_.id, run_.options); !told) return told;
  }
  const store::Layer fresh{.id = 0,
                           .created = clock_.wall(),
                           .grading = std::string(name_of(prepared_.suite.grading)),
                           .versions = grader_->versions()};
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

Result<runner::Outcome> RunSession::walk(store::Store& store) {
  const auto next = store.next_sequence(run_.id);
  if (!next) return fail(next.error());
  RunObserver observer(store, run_, prepared_.suite, *grader_, layer_, listener_);
  observer.expect(trials_by_model(prepared_.plan));
  runner::Options options{.first_sequence = *next, .run_start = run_.started_mono, .run_id = run_.id};
  if (budget_) {
    observer.charge(*budget_);
    store::SampleFilter all;
    all.superseded = true;  // an answer that was asked for again was paid for, too
    all.texts = false;
    const auto read = store.for_each_sample(run_.id, all, [&](record::Sample&& sample) {
      budget_->spent_before(sample);
      return true;
    });
    if (!read) return fail(read.error());
    options.refusal = [this](std::uint32_t model, const runner::TrialRequest& request) {
      return budget_->refusal(model, request);
    };
  }
  const runner::Runner runner{prepared_.plan,
                              backends_,
                              clock_,
                              [this](const record::Trial& trial) { return request_of(trial); },
                              observer,
                              stop_,
                              std::move(options)};
  auto outcome = runner::run(runner, std::move(first_));
  if (!outcome) {
    static_cast<void>(store.finish(run_.id, record::RunState::interrupted, clock_.wall()));
    return outcome;
  }
  if (auto graded = observer.grade_pending(); !graded) return fail(graded.error());
  // What was refused can be asked later: such a run is not over.
  const auto state =
      outcome->interrupted || outcome->refused ? record::RunState::interrupted : record::RunState::finished;
  if (auto ended = store.finish(run_.id, state, clock_.wall()); !ended) return fail(ended.error());
  return outcome;
}

}  // namespace assay::cli
