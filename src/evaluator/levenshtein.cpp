// levenshtein: at most so many code points must be put in, taken out or changed.
#include "evaluator/methods.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "evaluator/edit_distance.h"
#include "evaluator/options.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultDistance = 5;
constexpr double kDefaultSimilarity = 0.75;

class Levenshtein final : public Evaluator {
 public:
  Levenshtein(const std::string& wanted, double threshold, bool similarity)
      : wanted_(code_points_of(wanted)), threshold_(threshold), similarity_(similarity) {}

  Judgement judge(const Subject& subject) const override {
    const std::vector<std::uint32_t> got = code_points_of(subject.text);
    const std::optional<std::size_t> distance = edit_distance(wanted_, got);
    if (!distance) {
      return broken(
          fmt::format("texts of {} and {} code points are too long to compare", wanted_.size(), got.size()));
    }
    const std::string shown = fmt::format("edit distance {}", *distance);
    if (similarity_) {
      const std::size_t longest = std::max(wanted_.size(), got.size());
      const double share = longest == 0 ? 0 : static_cast<double>(*distance) / static_cast<double>(longest);
      return scored(1 - share, threshold_, fmt::format("{}, similarity {:.4f}", shown, 1 - share));
    }
    if (static_cast<double>(*distance) <= threshold_) return passed(shown);
    return failed("threshold", fmt::format("{}, more than {}", shown, threshold_));
  }

 private:
  std::vector<std::uint32_t> wanted_;
  double threshold_;
  bool similarity_;
};

}  // namespace

MadeEvaluator make_levenshtein(const Recipe& recipe) {
  if (!recipe.value->is_scalar()) {
    return fail(suite_error(
        fmt::format("the value of levenshtein is {}", record::name_of(recipe.value->kind)), "text"));
  }
  const bool similarity = Options(recipe.options).boolean("similarity", false);
  const double threshold = recipe.threshold.value_or(similarity ? kDefaultSimilarity : kDefaultDistance);
  if (similarity && threshold > 1) {
    return fail(suite_error(fmt::format("threshold of levenshtein is {} with similarity", threshold),
                            "a least similarity from 0 to 1"));
  }
  if (!similarity && std::floor(threshold) != threshold) {
    return fail(suite_error(fmt::format("threshold of levenshtein is {}", threshold),
                            "the greatest number of edits, a whole number",
                            "For a share from 0 to 1 say similarity: true"));
  }
  return std::make_unique<Levenshtein>(as_text(*recipe.value), threshold, similarity);
}

}  // namespace assay::evaluator
