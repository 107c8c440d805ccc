#include "evaluator/pipeline.h"

#include <exception>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/filters.h"
#include "evaluator/options.h"
#include "evaluator/reasoning.h"

namespace assay::evaluator {
namespace {

/// Where `part` lies in `whole`, when it is a part of it.
std::optional<std::size_t> offset_in(std::string_view whole, std::string_view part) {
  const std::less_equal<const char*> before;
  if (part.data() == nullptr || !before(whole.data(), part.data())) return std::nullopt;
  if (!before(part.data() + part.size(), whole.data() + whole.size())) return std::nullopt;
  return static_cast<std::size_t>(part.data() - whole.data());
}

/// A text as the record keeps it: a span of the answer where it is one.
void keep_text(std::string_view answer, std::string_view text, bool last, Json& record) {
  if (const std::optional<std::size_t> at = offset_in(answer, text)) {
    record["span"] = {*at, *at + text.size()};
  } else if (last) {
    record["extracted"] = std::string(text);
  }
}

Filtered applied(const TextFilter& filter, std::string_view text, const FilterContext& context) {
  try {
    return filter.apply(text, context);
  } catch (const std::exception& error) {
    return Filtered::gave_up(error.what());
  }
}

}  // namespace

Result<Pipeline> Pipeline::make(const record::Pipeline& pipeline) {
  Pipeline made;
  made.name_ = pipeline.name;
  for (const record::Filter& filter : pipeline.filters) {
    MadeFilter stage = make_filter(filter);
    if (!stage) {
      Error error = stage.error();
      error.where = filter.where;
      return fail(std::move(error));
    }
    made.stages_.push_back({.filter = std::move(*stage),
                            .label = label_of(*find_filter(filter.name)),
                            .options = record::to_json(filter.options)});
    if (filter.name == "reasoning-split" && !made.reasoning_tags_) {
      made.reasoning_tags_ = Options(filter.options).texts("tags", default_reasoning_tags());
    }
  }
  Result<Json> across = across_of(pipeline);
  if (!across) return fail(across.error());
  made.across_ = std::move(*across);
  return made;
}

record::Pipeline Pipeline::default_pipeline() {
  return {.name = "main",
          .filters = {{.name = "reasoning-split", .options = {}, .where = {}},
                      {.name = "trim", .options = {}, .where = {}}},
          .where = {}};
}

PipelineRun Pipeline::run(std::string_view answer, const FilterContext& context) const {
  PipelineRun run;
  run.text = answer;
  Json steps = Json::array();
  for (const Stage& stage : stages_) {
    Filtered filtered = applied(*stage.filter, run.text, context);
    Json step{{"f", stage.label}};
    if (!stage.options.is_null()) step["opt"] = stage.options;
    if (filtered.how == Filtered::How::nothing || filtered.how == Filtered::How::limit) {
      step["found"] = false;
      steps.push_back(std::move(step));
      run.outcome = filtered.how;
      run.text = {};
      run.detail = filtered.how == Filtered::How::nothing ? stage.label + " found nothing"
                                                          : fmt::format("{}: {}", stage.label, filtered.made);
      break;
    }
    if (filtered.how == Filtered::How::made)
      run.text = run.made.emplace_back(std::move(filtered.made));
    else
      run.text = filtered.view;
    keep_text(answer, run.text, false, step);
    steps.push_back(std::move(step));
  }
  run.record = {{"steps", std::move(steps)}};
  // Also where nothing was found: an answer without a text is one that has no vote.
  if (!across_.is_null()) run.record["across"] = across_;
  if (run.outcome == Filtered::How::view) keep_text(answer, run.text, true, run.record);
  return run;
}

std::vector<std::string> Pipeline::labels() const {
  std::vector<std::string> labels;
  for (const Stage& stage : stages_) labels.push_back(stage.label);
  return labels;
}

const std::vector<std::string>* Pipeline::reasoning_tags() const {
  return reasoning_tags_ ? &*reasoning_tags_ : nullptr;
}

}  // namespace assay::evaluator
