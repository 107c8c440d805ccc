// choice: the answer means the right one of the case's choices.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/choices.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class ChoiceEvaluator final : public Evaluator {
 public:
  ChoiceEvaluator(std::vector<Choice> choices, std::size_t target, const ChoiceWords& words)
      : choices_(std::move(choices)), target_(target), words_(words) {}

  Judgement judge(const Subject& subject) const override {
    const ChoiceRead read = read_choice(subject.text, choices_, words_);
    if (read.how == ChoiceRead::How::ambiguous) return failed("ambiguous", "names two choices");
    if (read.how == ChoiceRead::How::nothing) return failed("no_answer", "names none of the choices");
    const std::string& got = choices_[read.index].label;
    Judgement judgement = matched(
        read.index == target_, read.index == target_ ? fmt::format("{} (rule {})", got, read.rule)
                                                     : fmt::format("expected {}, got {} (rule {})",
                                                                   choices_[target_].label, got, read.rule));
    judgement.read = got;
    return judgement;
  }

 private:
  std::vector<Choice> choices_;
  std::size_t target_;
  const ChoiceWords& words_;
};

}  // namespace

MadeEvaluator make_choice(const Recipe& recipe) {
  const ChoiceWords& words = *choice_words(Options(recipe.options).text("lang", "en"));
  // Looked at without its case, a check has nothing else that could be wrong.
  if (recipe.setting.test_case == nullptr)
    return std::make_unique<ChoiceEvaluator>(std::vector<Choice>{}, 0, words);
  Result<std::vector<Choice>> choices = choices_from(recipe.setting.test_case->choices);
  if (!choices) return fail(choices.error());
  const Result<std::size_t> target = target_of(*recipe.value, *choices);
  if (!target) return fail(target.error());
  return std::make_unique<ChoiceEvaluator>(std::move(*choices), *target, words);
}

}  // namespace assay::evaluator
