#include "evaluator/answer_texts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/early_decision.h"

namespace assay::evaluator {

void AnswerTexts::take() {
  answer_ = sample_.output;
  if (first_invalid_utf8(answer_)) {
    repaired_ = to_valid_utf8(answer_);
    answer_ = repaired_;
    verdict_.flags.emplace_back("invalid_utf8");
  }
  if (is_scored(sample_)) return;
  const std::vector<std::string>* tags = plan_.pipelines.front().reasoning_tags();
  split_ =
      split_reasoning(answer_, tags == nullptr ? default_reasoning_tags() : *tags, has_reasoning_field());
  keep_split();
}

void AnswerTexts::keep_split() {
  if (!split_.found && !has_reasoning_field()) return;
  Json& kept = verdict_.steps["reasoning"];
  kept = {{"how", split_.found ? split_.how : "field"},
          {"filter", fmt::format("reasoning-split@{}", kReasoningSplitVersion)},
          {"closed", split_.closed}};
  if (split_.found) kept["span"] = {0, split_.span_end};
}

const std::string& AnswerTexts::reasoning() {
  if (reasoning_) return *reasoning_;
  reasoning_ = to_valid_utf8(sample_.reasoning);
  for (const std::string_view block : split_.blocks) {
    if (!reasoning_->empty()) reasoning_->push_back('\n');
    reasoning_->append(block);
  }
  return *reasoning_;
}

const PipelineRun& AnswerTexts::run_of(std::size_t pipeline) {
  std::optional<PipelineRun>& run = runs_[pipeline];
  if (!run) {
    run = plan_.pipelines[pipeline].run(
        answer_, {.has_reasoning_field = has_reasoning_field(), .choices = &case_.choices});
    verdict_.steps["pipelines"][plan_.pipelines[pipeline].name()] = std::move(run->record);
  }
  return *run;
}

}  // namespace assay::evaluator
