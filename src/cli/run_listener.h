// What a run tells while it goes: the progress line of a terminal, or the pages that watch it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/preflight_table.h"
#include "record/verdict.h"
#include "runner/runner.h"

namespace assay::cli {

/// Called by the thread that runs. Must not take long: requests may be in flight.
class RunListener {
 public:
  virtual ~RunListener() = default;
  /// A model is loaded to see that it can be, before anything is stored.
  virtual void preflight(const std::string& /*label*/) {}
  /// The whole of it, in the order of the plan; also when some model is not ready.
  virtual void checked(const std::vector<CheckedModel>& /*models*/) {}
  virtual void loading(std::uint32_t /*model*/, const std::string& /*label*/) {}
  /// Before loaded(): how many trials are ahead of the model.
  virtual void model_begins(const std::string& /*label*/, std::uint64_t /*trials*/) {}
  virtual void loaded(std::uint32_t /*model*/, Nanos /*load*/) {}
  virtual void moved(const runner::Progress& /*progress*/) {}
  virtual void graded(record::Mark /*mark*/) {}
  /// One more sample is stored.
  virtual void finished_one() {}
  /// `why`: empty, or why the model ended early.
  virtual void model_ends(const std::string& /*why*/) {}
};

}  // namespace assay::cli
