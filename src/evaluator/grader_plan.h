// What a grader has compiled. Only grader*.cpp and what judging.cpp is made of include this.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "evaluator/caption_images.h"
#include "evaluator/evaluator.h"
#include "evaluator/pipeline.h"
#include "evaluator/toolbox.h"
#include "record/suite.h"

namespace assay::evaluator {

/// Version of everything between the filters and the stored verdict: order of decision, combination,
/// thresholds.
constexpr int kGraderVersion = 3;

enum class On { answer, reasoning, raw };

/// One check, without what differs from case to case.
struct Assertion {
  std::string label;  ///< "not-contains@1", "assert-set@1"
  bool negate = false;
  double weight = 1;
  std::string metric;
  std::optional<double> threshold;
  On on = On::answer;
  bool any_ending = false;                     ///< Traits::any_ending of its evaluator
  bool counts_silence = false;                 ///< Traits::counts_silence of its evaluator or a member's
  bool reads_calls = false;                    ///< Traits::reads_calls of its evaluator
  std::optional<std::size_t> pipeline;         ///< index into GraderPlan::pipelines; absent: every named one
  std::shared_ptr<const Evaluator> evaluator;  ///< when it is the same for all cases
  std::size_t slot = 0;                        ///< else: place in CasePlan::evaluators
  std::vector<Assertion> members;              ///< of an assert-set
};

/// The checks of the suite, or those of one case.
struct CheckList {
  std::vector<record::Check> checks;  ///< what the slots are compiled from
  std::vector<Assertion> assertions;
};

struct CasePlan {
  std::shared_ptr<const CheckList> list;
  std::vector<std::shared_ptr<const Evaluator>> evaluators;  ///< one per slot
};

struct GraderPlan {
  std::vector<Pipeline>
      pipelines;  ///< the first decides; the last is `raw`, which runs only where it is named
  std::shared_ptr<const CheckList> suite_checks;
  std::shared_ptr<sandbox::Sandbox> sandbox;  ///< may be missing
  std::shared_ptr<Judges> judges;             ///< may be missing
  std::shared_ptr<Embeddings> embeddings;     ///< may be missing
  std::shared_ptr<const Toolbox> tools;       ///< of the suite; may be missing
  std::shared_ptr<const Ratings> ratings;     ///< may be missing
  std::shared_ptr<CaptionImages> images = std::make_shared<CaptionImages>();
  Json judging;                 ///< which models judge, and by which words; null: none
  bool reads_choices = false;   ///< a pipeline has the filter choice
  int parallel = 1;             ///< requests in flight
  bool benchy = false;          ///< an answer is graded as it is: cut, empty or thinking aloud
  bool raw_completion = false;  ///< the prompt has no chat template, so text runs on
  std::unordered_map<std::string, CasePlan> cases;
};

/// Errors: as Grader::make. `plan` has its pipelines.
Result<std::shared_ptr<const CheckList>> compile_checks(const GraderPlan& plan,
                                                        const std::vector<record::Check>& checks);
Result<CasePlan> compile_case(const GraderPlan& plan, const record::Case& test_case);

}  // namespace assay::evaluator
