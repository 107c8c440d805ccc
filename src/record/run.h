// A run: one walk through a plan, with everything needed to repeat it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "record/machine.h"
#include "record/plan.h"
#include "record/suite.h"

namespace assay::record {

/// Greedy answers that were given twice: alone, which is the sample, and again in the batch, which is no
/// sample. Whether batching changes answers is measured so, in the run that it matters for.
struct BatchCheck {
  std::uint32_t cell = 0;
  std::uint64_t compared = 0;               ///< answers that ended both times
  std::vector<std::string> differing = {};  ///< cases of them whose text was another one
  bool operator==(const BatchCheck&) const = default;
};

/// How many answers went together in a load of the model, and what that rests on: the decode speed of all
/// streams together, measured before the shared part.
struct BatchSpeed {
  struct Point {
    int streams = 1;
    double tokens_per_s = 0;  ///< of all streams together
    bool operator==(const Point&) const = default;
  };
  Params load_params = {};           ///< of the load (Stretch::load_params)
  int streams = 1;                   ///< at most so many went together
  int most = 1;                      ///< so many would have fitted
  std::vector<Point> measured = {};  ///< empty: the shared part was too short for it, and `most` was taken
  bool operator==(const BatchSpeed&) const = default;
};

/// What the engine told about one model of the run.
struct ModelRecord {
  ModelSpec spec;
  std::string engine_version;
  Json engine_build;  ///< flags and system info, as told
  Json facts;         ///< parameters, quantisation, context length, file hash, …
  std::optional<std::uint64_t> parameters;
  EffectiveParams load_params;
  std::vector<Nanos> load_times;                     ///< one per load
  std::optional<double> page_cache_share;            ///< before the first load; near 0 is a cold one
  std::optional<std::uint64_t> load_memory_bytes;    ///< after the load
  std::optional<std::uint64_t> peak_memory_bytes;    ///< since the load, over all trials
  std::optional<std::uint64_t> mapped_memory_bytes;  ///< part of the peak that is mapped weights
  bool over_http = false;                            ///< `accepted` of its samples is the time of the headers
  std::optional<Nanos> base_latency;                 ///< HTTP: what an empty request costs there
  std::vector<BatchCheck> batch_checks = {};         ///< at most one per cell
  std::vector<BatchSpeed> batch_speeds = {};         ///< at most one per set of load parameters
  std::string ended;  ///< empty, or why the model did not get through (three deaths, load failed)
};

enum class RunState { running, finished, interrupted, failed };
std::string_view name_of(RunState state);
RunState run_state_from(std::string_view name);

/// What a run is: of a suite by `assay run`, of a bare engine by `assay bench`, or another tool's report.
enum class RunKind { suite, bench, report };
std::string_view name_of(RunKind kind);
/// From the run's options, which say it.
RunKind kind_of(const Json& options);

/// Written before the first trial.
struct Run {
  std::string id;  ///< unique across machines: time and random bits, 16 characters
  std::string label;
  RunState state = RunState::running;
  std::string suite_name;
  std::string suite_path;
  std::string suite_sha256;
  std::string suite_text;  ///< normalised suite, so that the run can be graded again without the file
  std::vector<Cell> cells;
  std::vector<ModelRecord> models;
  std::uint64_t seed = 0;
  int repeats = 1;
  LoadPattern load;
  std::uint64_t planned = 0;  ///< trials without warm-ups
  Nanos started_wall{0};      ///< the one wall-clock anchor
  Nanos started_mono{0};      ///< the same moment on the monotonic clock: zero of all times
  std::optional<Nanos> ended_wall;
  std::string assay_version;
  Machine machine;
  Json options;  ///< command line options that matter
};

/// A fresh run id: 9 characters of time (base 32, sortable) and 7 random ones.
std::string new_run_id(Nanos wall, std::uint64_t random);

}  // namespace assay::record
