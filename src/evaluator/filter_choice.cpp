// choice as a filter: the label of the choice that the answer means.
#include "evaluator/choices.h"
#include "evaluator/filters.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class ChoiceFilter final : public TextFilter {
 public:
  explicit ChoiceFilter(const ChoiceWords& words) : words_(words) {}
  Filtered apply(std::string_view text, const FilterContext& context) const override {
    if (context.choices == nullptr) return Filtered::gave_up("the case has no choices");
    const Result<std::vector<Choice>> choices = choices_from(*context.choices);
    if (!choices) return Filtered::gave_up(message(choices.error()));
    const ChoiceRead read = read_choice(text, *choices, words_);
    if (read.how != ChoiceRead::How::found) return Filtered::none();
    return Filtered::text((*choices)[read.index].label);
  }

 private:
  const ChoiceWords& words_;
};

}  // namespace

MadeFilter make_choice_filter(std::string_view /*name*/, const record::Value& options) {
  return std::make_unique<ChoiceFilter>(*choice_words(Options(options).text("lang", "en")));
}

}  // namespace assay::evaluator
