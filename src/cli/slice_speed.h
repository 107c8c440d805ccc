// How fast a model would be on this machine, measured on slices of its shape with random weights.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/shapes.h"
#include "model/slices.h"
#include "stats/interval.h"

namespace assay::cli {

/// Tokens a second.
struct PredictedSpeed {
  double tps = 0;
  stats::Interval ci95;  ///< of the repetitions; that time grows along a line is not in it
};

struct SliceSpeed {
  std::string model;
  std::string mix;
  std::uint32_t layers = 0;  ///< of the whole model
  model::Slices slices;
  // Absent: the repetitions differ too much to tell.
  std::optional<PredictedSpeed> prefill;  ///< pp512
  std::optional<PredictedSpeed> decode;   ///< tg64 in an empty cache
  std::size_t repetitions = 0;            ///< the fewest of a test
  std::string engine;                     ///< with its version
  std::string backend;                    ///< what computed, as the engine names it: "CPU", "CUDA"
  Nanos measured{0};                      ///< wall clock
};

/// Called with what is being done.
using SliceProgress = std::function<void(const std::string&)>;
/// Writes the slices into `folder`, measures pp512 and tg64 of both with interleaved repetitions, and removes
/// them. Errors: those of write_synth() and of the engine; timeout when `stop` was set.
Result<SliceSpeed> measure_slices(const model::Shape& shape, const std::string& mix,
                                  const std::string& folder, Clock& clock, const std::atomic<bool>& stop,
                                  const SliceProgress& progress);

}  // namespace assay::cli
