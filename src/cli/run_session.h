// One run from a checked suite to its last verdict: what `assay run` and `assay serve` share. Prints nothing.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/budget.h"
#include "cli/run_listener.h"
#include "cli/run_options.h"
#include "cli/sandbox_choice.h"
#include "evaluator/grader.h"
#include "record/run.h"
#include "runner/runner.h"
#include "store/store.h"

namespace assay::plan {
class TrialKeys;
}

namespace assay::cli {

/// Why nothing was run.
struct Refusal {
  Errors errors;
  bool usage = false;  ///< the suite or the command line is wrong, not the machine
};

struct SessionOptions {
  std::string label;
  SandboxOptions sandbox = {};  ///< what runs programs of models
  /// US dollars that the run may cost; absent: no limit, or that of the run which is resumed.
  std::optional<double> max_cost = {};
};

/// In this order: check(), resume_newest() or resume_stored() where wanted, get_ready(), walk().
/// Thread   one at a time. `listener` and `stop` outlive it.
class RunSession {
 public:
  RunSession(Prepared prepared, SessionOptions options, RunListener& listener, const std::atomic<bool>& stop);
  ~RunSession();
  RunSession(const RunSession&) = delete;
  RunSession& operator=(const RunSession&) = delete;

  /// Everything that needs neither the store nor an engine: sandbox, judges, evaluators.
  tl::expected<void, Refusal> check();
  /// Goes on with the newest unfinished run of this suite; says so.
  Result<void> resume_newest(store::Store& store);
  /// Goes on with this run.
  Result<void> resume_stored(const store::Store& store, const std::string& run_id);
  /// Engines and model files; each model is loaded as proof; then the run's beginning is stored.
  tl::expected<void, Refusal> get_ready(store::Store& store);
  /// To the end, with the verdicts. Errors: the store failed; what it had taken stays.
  Result<runner::Outcome> walk(store::Store& store);

  const Prepared& prepared() const { return prepared_; }
  const record::Run& run() const { return run_; }
  /// The limit that is in force.
  std::optional<double> max_cost() const { return options_.max_cost; }

 private:
  record::Run new_run();
  tl::expected<void, Refusal> make_backends();
  tl::expected<void, Refusal> preflight();
  Result<void> make_budget();
  /// A limit that was given holds from now on, else the one that the run has.
  Result<void> keep_max_cost();
  /// Stores the run's beginning, or claims the one that is resumed.
  Result<void> open_run(store::Store& store);
  runner::TrialRequest request_of(const record::Trial& trial);

  Prepared prepared_;
  SessionOptions options_;
  RunListener& listener_;
  const std::atomic<bool>& stop_;
  SystemClock clock_;
  record::Run run_;
  std::unique_ptr<evaluator::Grader> grader_;
  std::unique_ptr<plan::TrialKeys> keys_;
  std::optional<Budget> budget_;
  store::LayerId layer_ = 0;
  runner::Backends backends_;
  std::optional<runner::Preloaded> first_;
};

}  // namespace assay::cli
