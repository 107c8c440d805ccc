// What decides a sample before any assertion looks at it: the first rule that applies (docs/evaluators.md,
// "Order of decision"). Internal to judging.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluator/grader_plan.h"
#include "evaluator/reasoning.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::evaluator {

/// Why silence is wrong.
inline constexpr std::string_view kEmptyOutput = "empty_output";

struct Decision {
  record::Mark mark = record::Mark::ungraded;
  std::string reason;
  std::string detail;
};

/// What the rules look at.
struct Judged {
  const GraderPlan& plan;
  const CasePlan& case_plan;
  const record::Case& test_case;
  const record::Sample& sample;
};

/// Nothing was generated: the output holds the figures of the choices.
bool is_scored(const record::Sample& sample);
/// The token limit ended the answer.
bool is_cut(const record::Sample& sample);
/// It was the context that ended it, before the max_tokens that was asked for: the engine confirmed fewer.
bool is_cut_by_context(const record::Sample& sample);
/// The verdict on a cut answer that is not judged.
Decision cut_off(const record::Sample& sample);

/// The evaluator of an assertion that is no set.
const Evaluator& evaluator_of(const CasePlan& plan, const Assertion& assertion);

// Absent, of each of these four: it decides nothing, and the next one is asked.

/// The trial gave no whole answer.
std::optional<Decision> by_status(const record::Sample& sample);
/// Under Benchy's grading a fault is the only thing that leaves an answer without a verdict. One that took
/// too long is wrong.
std::optional<Decision> by_fault(const record::Sample& sample);
/// The reasoning never ended, or the limit cut the answer.
std::optional<Decision> by_ending(const Judged& judged, const ReasoningSplit& split);
/// An empty answer is wrong, unless the case takes one or asks for one.
std::optional<Decision> by_silence(const Judged& judged, const ReasoningSplit& split);

/// What a cut answer of the case is.
record::OnLength on_length_of(const Judged& judged);

}  // namespace assay::evaluator
