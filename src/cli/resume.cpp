#include "cli/resume.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/shell.h"
#include "model/identity.h"
#include "plan/key.h"

namespace assay::cli {
namespace {

bool same_contestants(const record::Run& run, const record::Plan& plan) {
  if (run.models.size() != plan.models.size() || run.cells.size() != plan.cells.size()) return false;
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const record::ModelSpec& was = run.models[i].spec;
    const record::ModelSpec& is = plan.models[i];
    if (was.engine != is.engine || was.model != is.model || was.url != is.url || was.params != is.params)
      return false;
  }
  return run.cells == plan.cells;
}

/// Keeps the trials that `keep` names; warm-ups stay in stretches that still have something to do.
record::Plan reduced(const record::Plan& plan, const std::function<bool(const record::Trial&)>& keep) {
  record::Plan left = plan;
  left.trials.clear();
  left.stretches.clear();
  for (const record::Stretch& stretch : plan.stretches) {
    record::Stretch part = stretch;
    part.begin = left.trials.size();
    bool any = false;
    std::size_t alone = 0;  // of those that are left
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      const record::Trial& trial = plan.trials[i];
      if (!trial.warmup && !keep(trial)) continue;
      any = any || !trial.warmup;
      alone += i - stretch.begin < stretch.alone.value_or(0) ? 1 : 0;
      left.trials.push_back(trial);
    }
    if (part.alone) part.alone = alone;
    part.end = left.trials.size();
    if (any)
      left.stretches.push_back(part);
    else
      left.trials.resize(part.begin);
  }
  return left;
}

/// A run that began with one stream because nobody named a load then goes on so.
void keep_its_load(record::Plan& plan, const record::LoadPattern& load) {
  if (!plan.load.by_default || load.by_default) return;
  plan.load = load;
  for (record::Stretch& stretch : plan.stretches) {
    stretch.alone.reset();
    stretch.parallel = 1;
  }
}

}  // namespace

std::vector<std::string> model_identities(const record::Plan& plan) {
  std::vector<std::string> identities;
  for (const record::ModelSpec& spec : plan.models)
    identities.push_back(spec.is_file ? model::identity(spec.model) : std::string{});
  return identities;
}

Result<void> resume_run(store::Store& store, Prepared& prepared, record::Run& run) {
  const auto unfinished = store.newest_unfinished(prepared.suite.sha256);
  if (!unfinished) return fail(unfinished.error());
  if (!*unfinished) {
    say("Nothing to resume: no unfinished run of this suite. Starting one.");
    return {};
  }
  if (auto going = continue_run(store, **unfinished, prepared, run); !going) return going;
  const auto done = store.done_keys(run.id);
  if (!done) return fail(done.error());
  say(fmt::format("Resuming run {}: {} of {} samples are there.", run.id, done->size(), run.planned));
  return {};
}

Result<void> continue_run(const store::Store& store, const std::string& run_id, Prepared& prepared,
                          record::Run& run) {
  auto found = store.run(run_id);
  if (!found) return fail(found.error());
  if (!same_contestants(*found, prepared.plan)) {
    return fail(
        {.code = Code::conflict,
         .where = {},
         .found = fmt::format(
             "the unfinished run {} has other models, settings or sweeps than this command line", found->id),
         .expected = "the same ones",
         .remedy = "Give the options that it was started with, or start a new run without --resume"});
  }
  const auto done = store.done_keys(found->id);
  if (!done) return fail(done.error());
  plan::TrialKeys keys(prepared.suite, prepared.plan, model_identities(prepared.plan));
  keep_its_load(prepared.plan, found->load);
  prepared.plan =
      reduced(prepared.plan, [&](const record::Trial& trial) { return !done->contains(keys.of(trial)); });
  // Zero of the run's times stays where it was, by the wall clock: the monotonic one may have started again
  // since.
  SystemClock clock;
  found->started_mono = clock.now() - (clock.wall() - found->started_wall);
  run = std::move(*found);
  return {};
}

}  // namespace assay::cli
