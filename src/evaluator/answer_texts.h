// The texts of one answer that assertions look at: as it is, its reasoning, and what each pipeline makes of
// it. Internal to judging.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/grader_plan.h"
#include "evaluator/reasoning.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::evaluator {

/// Keeps in `verdict` how each text came to be. What it refers to outlives it.
class AnswerTexts {
 public:
  AnswerTexts(const GraderPlan& plan, const record::Case& test_case, const record::Sample& sample,
              record::Verdict& verdict)
      : plan_(plan), case_(test_case), sample_(sample), verdict_(verdict), runs_(plan.pipelines.size()) {}

  /// Before anything else is asked for. Of a sample whose choices were scored there is no reasoning.
  void take();

  /// Valid UTF-8.
  std::string_view answer() const { return answer_; }
  const ReasoningSplit& split() const { return split_; }
  /// The server's field, then the blocks of the text.
  const std::string& reasoning();
  /// Runs the pipeline when it is first asked for.
  const PipelineRun& run_of(std::size_t pipeline);

 private:
  bool has_reasoning_field() const { return !sample_.reasoning.empty(); }
  void keep_split();

  const GraderPlan& plan_;
  const record::Case& case_;
  const record::Sample& sample_;
  record::Verdict& verdict_;
  std::string repaired_;
  std::string_view answer_;  ///< of the sample, or repaired_
  ReasoningSplit split_;
  std::optional<std::string> reasoning_;
  std::vector<std::optional<PipelineRun>> runs_;
};

}  // namespace assay::evaluator
