#include "evaluator/any_of.h"

#include <algorithm>

#include <fmt/format.h>

#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

/// Others whose details are told beside the first one's.
constexpr std::size_t kTold = 3;

class AnyOf final : public Evaluator {
 public:
  explicit AnyOf(std::vector<std::unique_ptr<Evaluator>> accepted) : accepted_(std::move(accepted)) {}

  Judgement judge(const Subject& subject) const override {
    Judgement first = accepted_.front()->judge(subject);
    if (first.mark == record::Mark::pass) return first;
    std::size_t told = 0;
    for (std::size_t i = 1; i < accepted_.size(); ++i) {
      Judgement other = accepted_[i]->judge(subject);
      if (other.mark == record::Mark::pass) return other;
      if (told < kTold && other.detail != first.detail) {
        first.detail += "; " + other.detail;
        ++told;
      }
    }
    return first;
  }

  bool asks_for_silence() const override {
    return std::any_of(accepted_.begin(), accepted_.end(),
                       [](const auto& one) { return one->asks_for_silence(); });
  }

 private:
  std::vector<std::unique_ptr<Evaluator>> accepted_;
};

}  // namespace

MadeEvaluator make_any_of(const Recipe& recipe, MadeEvaluator (*make)(const Recipe& recipe)) {
  if (recipe.value->items.empty())
    return fail(suite_error(fmt::format("the value of {} is an empty list", recipe.type),
                            "at least one accepted value"));
  std::vector<std::unique_ptr<Evaluator>> accepted;
  accepted.reserve(recipe.value->items.size());
  for (const record::Value& item : recipe.value->items) {
    Recipe one = recipe;
    one.value = &item;
    MadeEvaluator made = make(one);
    if (!made) return made;
    accepted.push_back(std::move(*made));
  }
  return std::make_unique<AnyOf>(std::move(accepted));
}

}  // namespace assay::evaluator
