// math: an answer in LaTeX is the expected one, as the benchmark MATH compares, and then as a number.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/latex.h"
#include "evaluator/math_text.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

/// Beyond this many bytes an expectation is no number that anybody means. It bounds the work: the answer's
/// digits are multiplied by those of the expectation.
constexpr std::size_t kMaxNumberBytes = 1000;

struct Wanted {
  std::string text;               ///< normalised
  std::optional<Rational> value;  ///< absent: stage 2 has nothing to say
};

class Math final : public Evaluator {
 public:
  explicit Math(Wanted wanted) : wanted_(std::move(wanted)), shown_(as_quoted(wanted_.text)) {}

  Judgement judge(const Subject& subject) const override {
    if (last_box_is_open(subject.text))
      return failed("no_answer", "the last \\boxed{ of the answer is not closed");
    const std::optional<std::string_view> box = last_boxed(subject.text);
    const std::string_view answer = box.value_or(subject.text);
    Judgement judgement = compared(answer);
    if (box) judgement.read = excerpt(answer);
    return judgement;
  }

 private:
  Judgement compared(std::string_view answer) const {
    const std::string text = math_string(answer);
    if (text.empty()) return failed("no_answer", "nothing is left of " + as_quoted(answer));
    const bool same_text = text == wanted_.text;
    const std::optional<Rational> value = same_text || !wanted_.value ? std::nullopt : math_value(answer);
    const bool same = same_text || (value && equal(*value, *wanted_.value));
    return matched(
        same, fmt::format("stage {}: {} {} {}", value ? 2 : 1, as_quoted(text), same ? "=" : "≠", shown_));
  }

  Wanted wanted_;
  std::string shown_;
};

}  // namespace

MadeEvaluator make_math(const Recipe& recipe) {
  if (!recipe.value->is_scalar()) {
    return fail(suite_error(fmt::format("the value of math is {}", record::name_of(recipe.value->kind)),
                            "an answer, or a solution whose answer is in \\boxed{…}"));
  }
  const std::string solution = as_text(*recipe.value);
  if (last_box_is_open(solution)) {
    return fail(suite_error("the value of math opens a \\boxed{ and does not close it",
                            "an answer, or a solution whose answer is in \\boxed{…}",
                            "Look whether the solution was cut"));
  }
  const std::string_view answer = last_boxed(solution).value_or(solution);
  Wanted wanted{.text = math_string(answer), .value = std::nullopt};
  if (wanted.text.empty()) {
    return fail(suite_error(fmt::format("nothing is left of the value {} of math", as_quoted(answer)),
                            "an answer that is more than blanks and units"));
  }
  const bool may_be_number = Options(recipe.options).text("stages", "2") == "2";
  if (may_be_number && answer.size() <= kMaxNumberBytes) wanted.value = math_value(answer);
  return std::make_unique<Math>(std::move(wanted));
}

}  // namespace assay::evaluator
