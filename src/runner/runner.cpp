#include "runner/runner.h"

#include <set>

#include "base/check.h"
#include "runner/stretch.h"

namespace assay::runner {
namespace {

/// Pauses in pieces, so that Ctrl-C is heard.
void pause(const Runner& runner, Nanos length) {
  const Nanos until = runner.clock.now() + length;
  while (runner.clock.now() < until && !runner.stop.load(std::memory_order_relaxed))
    runner.clock.sleep_until(std::min(until, runner.clock.now() + std::chrono::milliseconds{100}));
}

}  // namespace

Result<Outcome> run(const Runner& runner, std::optional<Preloaded> first) {
  CHECK(runner.backends.size() == runner.plan.models.size());
  RunState state;
  state.sequence = runner.options.first_sequence;
  std::set<std::uint32_t> given_up;
  bool begun = false;
  for (const record::Stretch& stretch : runner.plan.stretches) {
    if (runner.stop.load(std::memory_order_relaxed)) break;
    if (given_up.contains(stretch.model)) {
      for (std::size_t i = stretch.begin; i < stretch.end; ++i)
        state.outcome.skipped += runner.plan.trials[i].warmup ? 0 : 1;
      continue;
    }
    if (begun) pause(runner, runner.plan.cooldown);
    begun = true;
    std::optional<backend::Loaded> loaded;
    if (first && first->model == stretch.model) loaded = std::move(first->loaded);
    first.reset();
    StretchRunner walker(runner, stretch, state);
    auto why = walker.walk(std::move(loaded));
    if (!why) return fail(why.error());
    if (!why->empty()) given_up.insert(stretch.model);
  }
  state.outcome.interrupted = runner.stop.load(std::memory_order_relaxed);
  return state.outcome;
}

}  // namespace assay::runner
