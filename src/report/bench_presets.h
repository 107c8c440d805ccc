// What the rows of a preset come to: LocalScore's score, how a long test ended. Internal to the folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/bench.h"
#include "stats/bench_figures.h"

namespace assay::report {

struct LocalScoreOf {
  std::string settings;                    ///< "threads 4, engine"; empty where the model has one combination
  std::optional<stats::LocalScore> score;  ///< absent: not every shape was measured
};
/// One for each combination of settings that a model was measured with.
std::vector<LocalScoreOf> localscores(const record::BenchReport& report, std::uint32_t model);

/// The sentences of the report's preset; none for other presets.
std::vector<std::string> preset_sentences(const record::BenchReport& report);

}  // namespace assay::report
