// choice as a filter: the label of the choice that the answer means.
#include "evaluator/choices.h"
#include "evaluator/filters.h"

namespace assay::evaluator {
namespace {

class ChoiceFilter final : public TextFilter {
 public:
  Filtered apply(std::string_view text, const FilterContext& context) const override {
    if (context.choices == nullptr) return Filtered::gave_up("the case has no choices");
    const Result<std::vector<Choice>> choices = choices_from(*context.choices);
    if (!choices) return Filtered::gave_up(message(choices.error()));
    const ChoiceRead read = read_choice(text, *choices);
    if (read.how != ChoiceRead::How::found) return Filtered::none();
    return Filtered::text((*choices)[read.index].label);
  }
};

}  // namespace

MadeFilter make_choice_filter(std::string_view /*name*/, const record::Value& /*options*/) {
  return std::make_unique<ChoiceFilter>();
}

}  // namespace assay::evaluator
