// Which models judged a run, how far they agreed, and whose answers they should not have judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "record/run.h"
#include "record/suite.h"
#include "record/verdict.h"
#include "stats/side_by_side.h"
#include "stats/summary.h"
#include "store/store.h"

namespace assay::cli {

/// Counts the votes of verdicts that were read with their steps.
class JudgeVotes {
 public:
  void add(const record::Verdict& verdict);
  /// Sets `summary.judging` and notes, where models judged: who, by which prompt, how far they agree; and for
  /// each model that is its own judge, the judge's file, or of the judge's family.
  Result<void> give(const store::Store& store, const record::Run& run, const record::Suite& suite,
                    std::optional<store::LayerId> layer, stats::Summary& summary) const;

 private:
  std::uint64_t voted_ = 0;
  std::uint64_t agreed_ = 0;
};

/// "qwen" of "Qwen/Qwen2.5-7B-Instruct" and of "qwen3:8b": the first word of the name. Empty for engines
/// that are no models, and where the name tells nothing.
std::string family_of(const record::ModelSpec& model);

/// What differs between the judges of two runs, in their newest gradings.
Result<std::vector<stats::Change>> judge_changes(const store::Store& store, const record::Run& a,
                                                 const record::Run& b);

}  // namespace assay::cli
