// What stands before the first repetition of a bench: files checked, rows laid out, engines made.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/bench_options.h"
#include "record/bench.h"
#include "record/suite.h"
#include "speed/walk.h"

namespace assay::cli {

struct BenchSetup {
  speed::Settings settings;
  std::vector<record::ModelSpec> specs;  ///< of the models measured here
  record::BenchReport report;            ///< without repetitions
  std::vector<speed::Engine> engines;
  std::vector<std::size_t> engine_of;  ///< row → engine; imported rows: 0, and never asked
  bool together = true;                ///< all engines fit into memory at once
};

/// Errors: options that cannot be read, models that are no GGUF files, tests longer than a model's context,
/// models that do not fit into memory, files beside that are broken.
tl::expected<BenchSetup, Errors> set_up(const BenchOptions& options, Clock& clock);

}  // namespace assay::cli
