// Makes the repetitions of a bench: interleaved over its rows, until each row knows enough.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "backend/backend.h"
#include "base/clock.h"
#include "record/bench.h"
#include "speed/settings.h"

namespace assay::speed {

/// A model in an engine of its own; several rows share it.
struct Engine {
  std::unique_ptr<backend::Backend> backend;
  record::Params load;      ///< scope load
  std::uint32_t model = 0;  ///< index in BenchReport::models
  bool loaded = false;
  std::uint32_t failures = 0;  ///< loads that failed, deaths
};

class WalkObserver {
 public:
  virtual ~WalkObserver() = default;
  virtual void on_load(const record::BenchModel& /*model*/) {}
  virtual void on_repetition(const record::BenchRow& /*row*/) {}
  /// Every row that wants it has got one more repetition. Errors stop the bench.
  virtual Result<void> on_round() { return {}; }
};

struct Walk {
  record::BenchReport& report;  ///< rows get their repetitions; models what their engines tell
  std::vector<Engine>& engines;
  const std::vector<std::size_t>& engine_of;  ///< row → engine
  Limits limits;
  /// All engines are loaded at once; else one after the other, and rows are interleaved within an engine.
  bool together = true;
  Clock& clock;
  WalkObserver& observer;
  const std::atomic<bool>& stop;
};

/// Rounds in an order that the report's seed shuffles. A row that fails keeps what it has, with the sentence
/// in `trouble`; the others go on. Ends early when `stop` is set: rows that were not done say `interrupted`.
Result<void> run(Walk walk);

}  // namespace assay::speed
