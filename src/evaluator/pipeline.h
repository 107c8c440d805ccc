// A named list of filters, made once and run on every answer.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "evaluator/filter.h"
#include "record/suite.h"

namespace assay::evaluator {

/// The reserved name of the pipeline without filters.
constexpr std::string_view kRawPipeline = "raw";

/// What a pipeline made of one answer. `text` is a view into the answer or into `made`.
struct PipelineRun {
  Filtered::How outcome = Filtered::How::view;  ///< view: there is a text; else nothing or limit
  std::string_view text;
  std::string detail;  ///< of nothing and limit: which filter, and why
  Json record;         ///< {"steps": [{"f", "opt", "span"}], "span" or "extracted", perhaps "across"}
  std::deque<std::string> made;  ///< texts that filters made; a deque does not move them
};

class Pipeline {
 public:
  /// Errors: bad_input with the filter's place.
  static Result<Pipeline> make(const record::Pipeline& pipeline);
  /// reasoning-split, trim
  static record::Pipeline default_pipeline();

  const std::string& name() const { return name_; }
  /// `answer` outlives the run. Never throws for what the answer holds.
  PipelineRun run(std::string_view answer, const FilterContext& context) const;
  /// "reasoning-split@1", "trim@1"
  std::vector<std::string> labels() const;
  /// The tags of its first reasoning-split, or nullptr when it has none.
  const std::vector<std::string>* reasoning_tags() const;

 private:
  struct Stage {
    std::shared_ptr<const TextFilter> filter;
    std::string label;
    Json options;  ///< null: none
  };
  std::string name_;
  std::vector<Stage> stages_;
  Json across_;  ///< across_of(); null: none
  std::optional<std::vector<std::string>> reasoning_tags_;
};

}  // namespace assay::evaluator
