// equals: the same code points. Both sides are valid UTF-8, so the same bytes.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/any_of.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

class Equals final : public Evaluator {
 public:
  explicit Equals(std::string wanted) : wanted_(std::move(wanted)), shown_(as_quoted(wanted_)) {}

  Judgement judge(const Subject& subject) const override {
    if (subject.text == wanted_) return passed("equals " + shown_);
    return failed("mismatch", fmt::format("expected {}, got {}", shown_, as_quoted(subject.text)));
  }
  /// An empty or blank text: what silence can satisfy by intent.
  bool asks_for_silence() const override { return trim_space(wanted_).empty(); }

 private:
  std::string wanted_;
  std::string shown_;
};

MadeEvaluator make_one(const Recipe& recipe) {
  // A number is its literal: `expect: 5.00` asks for the four characters 5.00.
  if (!recipe.value->is_scalar()) return make_structure_equals(*recipe.value);
  return std::make_unique<Equals>(as_text(*recipe.value));
}

}  // namespace

MadeEvaluator make_equals(const Recipe& recipe) {
  const bool any = Options(recipe.options).text("list", "value") == "any";
  if (any && recipe.value->kind == record::Value::Kind::list) return make_any_of(recipe, make_one);
  return make_one(recipe);
}

}  // namespace assay::evaluator
