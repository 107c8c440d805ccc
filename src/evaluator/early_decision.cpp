#include "evaluator/early_decision.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/json.h"
#include "evaluator/finish_word.h"
#include "evaluator/unicode.h"
#include "record/choice_score.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::OnLength;
using record::Status;

/// Who asserts that the limit ends the answer wants a cut answer judged.
bool wants_length(const std::vector<record::Check>& checks, const record::Case& test_case) {
  return std::any_of(checks.begin(), checks.end(), [&](const record::Check& check) {
    if (!check.members.empty()) return wants_length(check.members, test_case);
    if (check.type != "finish-reason" || check.negate) return false;
    const std::optional<record::Value>& value = check.value ? check.value : test_case.expect;
    return value && finish_word(as_text(*value)) == "length";
  });
}

bool asks_for_silence(const CasePlan& plan, const std::vector<Assertion>& assertions) {
  return std::any_of(assertions.begin(), assertions.end(), [&](const Assertion& assertion) {
    if (!assertion.members.empty()) return asks_for_silence(plan, assertion.members);
    return !assertion.negate && evaluator_of(plan, assertion).asks_for_silence();
  });
}

/// Calls of tools take the place of a text where somebody looks at them; `not-contains` alone must not pass
/// on the silence beside them.
bool answers_by_call(const Judged& judged) {
  const auto reads = [](const Assertion& assertion) { return assertion.reads_calls; };
  const std::vector<Assertion>& assertions = judged.case_plan.list->assertions;
  return !judged.sample.tool_calls.empty() &&
         std::any_of(assertions.begin(), assertions.end(), [&](const Assertion& assertion) {
           return reads(assertion) || std::any_of(assertion.members.begin(), assertion.members.end(), reads);
         });
}

}  // namespace

bool is_scored(const record::Sample& sample) {
  return sample.finish == record::kScored;
}

bool is_cut(const record::Sample& sample) {
  return sample.finish == "length";
}

bool is_cut_by_context(const record::Sample& sample) {
  const auto asked = sample.requested.find("max_tokens");
  const auto told = sample.effective.find("max_tokens");
  if (!is_cut(sample) || asked == sample.requested.end() || told == sample.effective.end()) return false;
  const Json& in_force = told->second.value;
  return told->second.how == record::Applied::verified && in_force.is_number_integer() &&
         asked->second.is_number_integer() &&
         in_force.get<std::int64_t>() < asked->second.get<std::int64_t>();
}

Decision cut_off(const record::Sample& sample) {
  if (!is_cut_by_context(sample))
    return {Mark::incomplete, "output_truncated", "the token limit cut the answer"};
  return {
      Mark::incomplete, "context_full",
      fmt::format("the context was full after {} tokens of the answer, and max_tokens is {}",
                  dump(sample.effective.at("max_tokens").value), dump(sample.requested.at("max_tokens")))};
}

const Evaluator& evaluator_of(const CasePlan& plan, const Assertion& assertion) {
  return assertion.evaluator ? *assertion.evaluator : *plan.evaluators[assertion.slot];
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
  // Before the filter's word: a refusal is the service's own answer, and says so.
  if (sample.claims.is_object() && sample.claims.contains(record::kClaimedRefusal))
    return Decision{Mark::fail, "refused",
                    "the server says that the model refused: " + excerpt(sample.output)};
  if (sample.finish == "content_filter")
    return Decision{Mark::incomplete, "filtered", "cut by a content filter"};
  return std::nullopt;
}

std::optional<Decision> by_fault(const record::Sample& sample) {
  if (sample.status == Status::timeout) return Decision{Mark::fail, "timeout", sample.detail};
  return sample.status == Status::ok ? std::nullopt : by_status(sample);
}

std::optional<Decision> by_ending(const Judged& judged, const ReasoningSplit& split) {
  // Before the reasoning: a model that the context cut short has not thought for ever.
  if (is_cut_by_context(judged.sample) && on_length_of(judged) == OnLength::incomplete)
    return cut_off(judged.sample);
  if (!split.closed)
    return Decision{Mark::incomplete, "unclosed_reasoning", "the reasoning was opened and not closed"};
  if (!is_cut(judged.sample)) return std::nullopt;
  if (trim_space(split.answer).empty() && !answers_by_call(judged))
    return is_cut_by_context(judged.sample)
               ? cut_off(judged.sample)
               : Decision{Mark::incomplete, "empty_at_length", "the token limit came before any answer"};
  return on_length_of(judged) == OnLength::incomplete ? std::optional(cut_off(judged.sample)) : std::nullopt;
}

std::optional<Decision> by_silence(const Judged& judged, const ReasoningSplit& split) {
  const CasePlan& plan = judged.case_plan;
  if (!trim_space(split.answer).empty() || judged.test_case.allow_empty || answers_by_call(judged) ||
      asks_for_silence(plan, plan.list->assertions))
    return std::nullopt;
  return Decision{Mark::fail, std::string(kEmptyOutput), "the answer is empty"};
}

OnLength on_length_of(const Judged& judged) {
  if (judged.test_case.on_length != OnLength::by_default) return judged.test_case.on_length;
  if (wants_length(judged.case_plan.list->checks, judged.test_case)) return OnLength::grade;
  return judged.plan.raw_completion ? OnLength::if_extracted : OnLength::incomplete;
}

}  // namespace assay::evaluator
