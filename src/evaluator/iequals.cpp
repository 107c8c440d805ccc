// iequals: the same text after full Unicode case folding, so that 'ß' equals 'SS'.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/any_of.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

class FoldedEquals final : public Evaluator {
 public:
  explicit FoldedEquals(std::string_view wanted) : folded_(fold_case(wanted)), shown_(as_quoted(wanted)) {}

  Judgement judge(const Subject& subject) const override {
    if (fold_case(subject.text) == folded_) return passed(fmt::format("equals {} but for case", shown_));
    return failed("mismatch",
                  fmt::format("expected {} in any case, got {}", shown_, as_quoted(subject.text)));
  }

 private:
  std::string folded_;
  std::string shown_;
};

MadeEvaluator make_one(const Recipe& recipe) {
  if (!recipe.value->is_scalar()) {
    return fail(suite_error(fmt::format("the value of iequals is {}", record::name_of(recipe.value->kind)),
                            "text, or a list of accepted ones",
                            "For lists and mappings use equals or json-equals"));
  }
  return std::make_unique<FoldedEquals>(as_text(*recipe.value));
}

}  // namespace

MadeEvaluator make_iequals(const Recipe& recipe) {
  if (recipe.value->kind == record::Value::Kind::list) return make_any_of(recipe, make_one);
  return make_one(recipe);
}

}  // namespace assay::evaluator
