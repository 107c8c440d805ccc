#include "evaluator/early_decision.h"

#include <algorithm>

#include "evaluator/finish_word.h"
#include "evaluator/unicode.h"
#include "record/choice_score.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::OnLength;
using record::Status;

/// `holds` of a check with the value that it compares with; of an assert-set, of one of its members.
template <class Holds>
bool any_check(const std::vector<record::Check>& checks, const record::Case& test_case, const Holds& holds) {
  return std::any_of(checks.begin(), checks.end(), [&](const record::Check& check) {
    if (!check.members.empty()) return any_check(check.members, test_case, holds);
    const std::optional<record::Value>& value = check.value ? check.value : test_case.expect;
    return !check.negate && value && holds(check.type, *value);
  });
}

/// Who asserts that the limit ends the answer wants a cut answer judged.
bool wants_length(const std::vector<record::Check>& checks, const record::Case& test_case) {
  return any_check(checks, test_case, [](const std::string& type, const record::Value& value) {
    return type == "finish-reason" && finish_word(as_text(value)) == "length";
  });
}

/// `equals` with an empty or blank text: the one check that silence can satisfy by intent.
bool asks_for_nothing(const std::vector<record::Check>& checks, const record::Case& test_case) {
  return any_check(checks, test_case, [](const std::string& type, const record::Value& value) {
    return type == "equals" && value.is_scalar() && trim_space(as_text(value)).empty();
  });
}

}  // namespace

bool is_scored(const record::Sample& sample) {
  return sample.finish == record::kScored;
}

bool is_cut(const record::Sample& sample) {
  return sample.finish == "length";
}

Decision truncated() {
  return {Mark::incomplete, "output_truncated", "the token limit cut the answer"};
}

std::optional<Decision> by_status(const record::Sample& sample) {
  switch (sample.status) {
    case Status::error:
      return Decision{Mark::error, sample.reason.empty() ? "internal" : sample.reason, sample.detail};
    case Status::timeout: return Decision{Mark::incomplete, "time_limit", sample.detail};
    case Status::cancelled: return Decision{Mark::incomplete, "output_truncated", "the trial was cancelled"};
    case Status::ok: break;
  }
  if (record::has(sample.flags, record::Flag::truncated_prompt)) {
    return Decision{Mark::incomplete, "truncated_prompt",
                    is_scored(sample) ? "the prompt with its longest choice does not fit into the context"
                                      : "the engine accepted fewer prompt tokens than were sent"};
  }
  if (sample.finish == "content_filter")
    return Decision{Mark::incomplete, "filtered", "cut by a content filter"};
  return std::nullopt;
}

std::optional<Decision> by_fault(const record::Sample& sample) {
  if (sample.status == Status::timeout) return Decision{Mark::fail, "timeout", sample.detail};
  return sample.status == Status::ok ? std::nullopt : by_status(sample);
}

std::optional<Decision> by_ending(const record::Sample& sample, const ReasoningSplit& split,
                                  OnLength on_length) {
  if (!split.closed)
    return Decision{Mark::incomplete, "unclosed_reasoning", "the reasoning was opened and not closed"};
  if (!is_cut(sample)) return std::nullopt;
  if (trim_space(split.answer).empty())
    return Decision{Mark::incomplete, "empty_at_length", "the token limit came before any answer"};
  return on_length == OnLength::incomplete ? std::optional(truncated()) : std::nullopt;
}

std::optional<Decision> by_silence(const record::Case& test_case, const CasePlan& plan,
                                   const ReasoningSplit& split) {
  if (!trim_space(split.answer).empty() || test_case.allow_empty ||
      asks_for_nothing(plan.list->checks, test_case))
    return std::nullopt;
  return Decision{Mark::fail, "empty_output", "the answer is empty"};
}

OnLength on_length_of(const GraderPlan& plan, const CasePlan& case_plan, const record::Case& test_case) {
  if (test_case.on_length != OnLength::by_default) return test_case.on_length;
  if (wants_length(case_plan.list->checks, test_case)) return OnLength::grade;
  return plan.raw_completion ? OnLength::if_extracted : OnLength::incomplete;
}

}  // namespace assay::evaluator
