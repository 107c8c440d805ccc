// reasoning-split as a filter.
#include "evaluator/filters.h"

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/reasoning.h"

namespace assay::evaluator {
namespace {

class ReasoningFilter final : public TextFilter {
 public:
  explicit ReasoningFilter(std::vector<std::string> tags) : tags_(std::move(tags)) {}

  Filtered apply(std::string_view text, const FilterContext& context) const override {
    return Filtered::part(split_reasoning(text, tags_, context.has_reasoning_field).answer);
  }

 private:
  std::vector<std::string> tags_;
};

}  // namespace

MadeFilter make_reasoning_split(std::string_view name, const record::Value& options) {
  std::vector<std::string> tags = Options(options).texts("tags", default_reasoning_tags());
  for (const std::string& tag : tags) {
    if (!tag.empty() && tag.find_first_of("<>/ \t\n") == std::string::npos) continue;
    return fail(suite_error("option 'tags' of " + std::string(name) + " has " + as_quoted(tag),
                            "names of tags", "Write think, without the angle brackets"));
  }
  return std::make_unique<ReasoningFilter>(std::move(tags));
}

}  // namespace assay::evaluator
