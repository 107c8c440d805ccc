// starts-with: the answer begins with exactly this text.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class StartsWith final : public Evaluator {
 public:
  explicit StartsWith(std::string wanted) : wanted_(std::move(wanted)) {}

  Judgement judge(const Subject& subject) const override {
    if (subject.text.starts_with(wanted_)) return passed("begins with " + as_quoted(wanted_));
    return failed("mismatch", fmt::format("expected {} at the start, got {}", as_quoted(wanted_),
                                          as_quoted(subject.text)));
  }

 private:
  std::string wanted_;
};

}  // namespace

MadeEvaluator make_starts_with(const Recipe& recipe) {
  if (!recipe.value->is_scalar()) {
    return fail(suite_error(
        fmt::format("the value of starts-with is {}", record::name_of(recipe.value->kind)), "text"));
  }
  std::string wanted = as_text(*recipe.value);
  if (wanted.empty()) {
    return fail(suite_error("the value of starts-with is empty", "text that an answer can begin with",
                            "Every answer begins with nothing; give the text, or leave the check out"));
  }
  return std::make_unique<StartsWith>(std::move(wanted));
}

}  // namespace assay::evaluator
