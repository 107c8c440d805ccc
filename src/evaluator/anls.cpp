// anls: average normalised Levenshtein similarity (Biten 2019), the score of DocVQA.
#include "evaluator/methods.h"

#include <algorithm>

#include <fmt/format.h>

#include "evaluator/edit_distance.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.5;
/// Less alike than this is not alike at all.
constexpr double kLeastSimilarity = 0.5;

std::vector<std::uint32_t> cleaned(std::string_view text) {
  return code_points_of(collapse_space(trim_space(lower(text))));
}

class Anls final : public Evaluator {
 public:
  explicit Anls(const std::vector<std::string>& references) {
    for (const std::string& text : references) references_.push_back(cleaned(text));
  }

  Judgement judge(const Subject& subject) const override {
    const std::vector<std::uint32_t> answer = cleaned(subject.text);
    double best = 0;
    for (const std::vector<std::uint32_t>& reference : references_) {
      const std::optional<std::size_t> distance = edit_distance(reference, answer);
      if (!distance) return broken("the texts are too long to compare");
      const std::size_t longest = std::max(reference.size(), answer.size());
      const double share = longest == 0 ? 0 : static_cast<double>(*distance) / static_cast<double>(longest);
      best = std::max(best, 1 - share);
    }
    const double score = best < kLeastSimilarity ? 0 : best;
    return scored(score, kDefaultThreshold, fmt::format("similarity {:.4f}", best));
  }

 private:
  std::vector<std::vector<std::uint32_t>> references_;
};

}  // namespace

MadeEvaluator make_anls(const Recipe& recipe) {
  const Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  return std::make_unique<Anls>(*references);
}

}  // namespace assay::evaluator
