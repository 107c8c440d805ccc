// anls: average normalised Levenshtein similarity (Biten 2019), the score of DocVQA.
#include "evaluator/methods.h"

#include <algorithm>

#include <fmt/format.h>

#include "evaluator/edit_distance.h"
#include "evaluator/options.h"
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
  /// `raw_length`: the distance is a share of the longer text as it was given, as lmms-eval counts.
  Anls(const std::vector<std::string>& references, bool raw_length) : raw_length_(raw_length) {
    for (const std::string& text : references)
      references_.push_back({cleaned(text), code_points_of(text).size()});
  }

  Judgement judge(const Subject& subject) const override {
    const Text answer{cleaned(subject.text), raw_length_ ? code_points_of(subject.text).size() : 0};
    double best = 0;
    for (const Text& reference : references_) {
      const std::optional<std::size_t> distance = edit_distance(reference.cleaned, answer.cleaned);
      if (!distance) return broken("the texts are too long to compare");
      const std::size_t longest = std::max(length_of(reference), length_of(answer));
      const double share = longest == 0 ? 0 : static_cast<double>(*distance) / static_cast<double>(longest);
      best = std::max(best, 1 - share);
    }
    const double score = best < kLeastSimilarity ? 0 : best;
    return scored(score, kDefaultThreshold, fmt::format("similarity {:.4f}", best));
  }

 private:
  struct Text {
    std::vector<std::uint32_t> cleaned;
    std::size_t raw_length;
  };

  std::size_t length_of(const Text& text) const {
    return raw_length_ ? text.raw_length : text.cleaned.size();
  }

  std::vector<Text> references_;
  bool raw_length_;
};

}  // namespace

MadeEvaluator make_anls(const Recipe& recipe) {
  const Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  return std::make_unique<Anls>(*references, Options(recipe.options).text("length", "clean") == "raw");
}

}  // namespace assay::evaluator
