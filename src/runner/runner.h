// Walks the plan: loads, warms up, keeps requests in flight, stamps, times out, restarts. Emits samples. It
// never judges, stores or prints: an Observer does what must be done with a sample.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "base/clock.h"
#include "base/result.h"
#include "record/plan.h"
#include "record/run.h"
#include "record/sample.h"

namespace assay::runner {

/// What one trial sends. Made just before it is sent, so that a plan of 200,000 trials stays small.
struct TrialRequest {
  std::string case_id;
  std::string key;  ///< identity for --resume
  record::Prompt prompt;
  record::Params params;  ///< everything in force, both scopes: stored as `requested`
};

/// Called a few times a second while requests are in flight, never inside the engine's own time.
struct Progress {
  std::uint32_t model = 0;
  std::uint64_t finished = 0;  ///< samples of this model so far in this call
  std::size_t in_flight = 0;
  std::string case_id;                 ///< of the oldest request in flight
  std::uint64_t tokens = 0;            ///< of the requests in flight, so far
  std::optional<double> tokens_per_s;  ///< over the last second
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_load_begin(std::uint32_t /*model*/) {}
  /// Preflight only: the model was loaded and applies what the plan sets.
  virtual void on_proven(std::uint32_t /*model*/, const backend::Loaded&) {}
  virtual void on_loaded(std::uint32_t /*model*/, const backend::Loaded&,
                         const std::optional<backend::Memory>&) {}
  virtual void on_progress(const Progress&) {}
  /// The sample is complete; `idle` says that nothing is in flight, so work here disturbs no measurement. An
  /// error (a full disk) ends the run.
  virtual Result<void> on_sample(record::Sample&& sample, bool idle) = 0;
  /// An answer that is no sample: of a warm-up, or of a trial that is asked again.
  virtual void on_discarded(const record::Sample& /*answer*/) {}
  /// A greedy trial that was answered alone has been answered again in the batch, and with the `same` text or
  /// another. Its sample is the answer alone.
  virtual void on_again(std::uint32_t /*model*/, std::uint32_t /*cell*/, const std::string& /*case_id*/,
                        bool /*same*/) {}
  /// So many go together from here on (record::Stretch::alone).
  virtual void on_streams(std::uint32_t /*model*/, const record::BatchSpeed&) {}
  /// All trials of the model in this stretch are over (nothing in flight). `why` is empty, or why it ended
  /// early.
  virtual Result<void> on_model_end(std::uint32_t /*model*/, const std::optional<backend::Memory>&,
                                    const std::string& /*why*/) {
    return {};
  }
};

struct Options {
  Nanos default_timeout = std::chrono::minutes{5};  ///< for a plan that sets none
  int deaths_in_a_row = 3;                          ///< after so many a model is given up, the run goes on
  std::uint64_t first_sequence = 0;
  Nanos run_start{0};  ///< zero of all stored times, on the monotonic clock
  std::string run_id;
  /// Asked before each request is sent, warm-ups among them. A text says why neither it nor any later trial
  /// of the model is sent; what is in flight ends. Empty function: nobody asks.
  std::function<std::string(std::uint32_t model, const TrialRequest& request)> refusal = {};
};

/// How a run ended. A model that was given up is no failure of the run.
struct Outcome {
  bool interrupted = false;
  bool refused = false;  ///< Options::refusal ended a model
  std::uint64_t samples = 0;
  std::uint64_t errors = 0;   ///< samples with status error
  std::uint64_t skipped = 0;  ///< trials of models that were given up
};

/// One contestant, ready to be driven; parallel to plan.models.
using Backends = std::vector<std::unique_ptr<backend::Backend>>;

/// A model that preflight has loaded and left loaded.
struct Preloaded {
  std::uint32_t model = 0;
  backend::Loaded loaded;
};

struct Runner {
  const record::Plan& plan;
  Backends& backends;
  Clock& clock;
  std::function<TrialRequest(const record::Trial&)> request_of;
  Observer& observer;
  const std::atomic<bool>& stop;  ///< set from a signal handler: end soon, keep what is done
  Options options;
};

/// Loads every model once, with the parameters of its first stretch, and checks that the engine applies what
/// the plan sets and sweeps. All errors at once, none sent. On success the plan's first model is left loaded,
/// to spare a load.
struct Preflight {
  Errors errors;
  std::optional<Preloaded> first;
};
/// `may_load(i)` false: the file is too large to load twice and was checked by its header instead.
Preflight preflight(const Runner& runner, const std::function<bool(std::uint32_t)>& may_load);

/// Errors: what the observer returned, or a broken promise of the plan. Everything else is data.
Result<Outcome> run(const Runner& runner, std::optional<Preloaded> first);

}  // namespace assay::runner
