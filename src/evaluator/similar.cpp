// similar: the answer means about what a reference says, by the vectors of an embedding model. As promptfoo.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "evaluator/embeddings.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.75;

enum class Metric { cosine, dot, euclidean };

using Vector = std::vector<double>;

double dot_of(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// A zero vector points nowhere, and is like nothing.
double cosine_of(const Vector& a, const Vector& b) {
  const double norms = std::sqrt(dot_of(a, a)) * std::sqrt(dot_of(b, b));
  return norms > 0 ? dot_of(a, b) / norms : 0;
}

double distance_of(const Vector& a, const Vector& b) {
  return std::sqrt(std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                                      [](double x, double y) { return (x - y) * (x - y); }));
}

struct Rules {
  Metric metric = Metric::cosine;
  double threshold = kDefaultThreshold;
  std::string model;
};

class Similar final : public Evaluator {
 public:
  Similar(std::vector<std::string> references, Rules rules, std::shared_ptr<Embeddings> embeddings)
      : references_(std::move(references)), rules_(std::move(rules)), embeddings_(std::move(embeddings)) {}

  Judgement judge(const Subject& subject) const override {
    if (embeddings_ == nullptr)
      return ungraded("grader_missing", fmt::format("'{}' cannot be asked for vectors here", rules_.model));
    const Result<Vector> answer = embeddings_->embed(rules_.model, std::string(subject.text));
    if (!answer) return ungraded("grader_missing", message(answer.error()));
    std::optional<double> best;
    for (const std::string& reference : references_) {
      const Result<Vector> other = embeddings_->embed(rules_.model, reference);
      if (!other) return ungraded("grader_missing", message(other.error()));
      if (other->size() != answer->size())
        return broken(fmt::format("vectors of {} and {} numbers", answer->size(), other->size()));
      const double value = compared(*answer, *other);
      best = !best                                ? value
             : rules_.metric == Metric::euclidean ? std::min(*best, value)
                                                  : std::max(*best, value);
    }
    return judged(best.value_or(0));
  }

 private:
  double compared(const Vector& a, const Vector& b) const {
    switch (rules_.metric) {
      case Metric::dot: return dot_of(a, b);
      case Metric::euclidean: return distance_of(a, b);
      case Metric::cosine: break;
    }
    return cosine_of(a, b);
  }

  Judgement judged(double value) const {
    const bool distance = rules_.metric == Metric::euclidean;
    const bool good = distance ? value <= rules_.threshold : value >= rules_.threshold;
    const std::string_view name = distance                       ? "distance"
                                  : rules_.metric == Metric::dot ? "dot product"
                                                                 : "cosine";
    std::string shown = fmt::format("{} {:.6f} by {}", name, value, rules_.model);
    Judgement judgement = good ? passed(std::move(shown)) : failed("threshold", std::move(shown));
    judgement.score = distance ? 1 / (1 + value) : std::clamp(value, 0.0, 1.0);
    return judgement;
  }

  std::vector<std::string> references_;
  Rules rules_;
  std::shared_ptr<Embeddings> embeddings_;
};

}  // namespace

MadeEvaluator make_similar(const Recipe& recipe) {
  Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  const Options options(recipe.options);
  const std::string metric = options.text("measure", "cosine");
  Rules rules{.metric = metric == "dot"         ? Metric::dot
                        : metric == "euclidean" ? Metric::euclidean
                                                : Metric::cosine,
              .threshold = recipe.threshold.value_or(kDefaultThreshold),
              .model = options.text("model", "")};
  if (rules.model.empty()) {
    return fail(suite_error("similar has no model", "model: an embedding model, written as under models",
                            "Which texts are alike depends on who makes the vectors"));
  }
  if (rules.metric == Metric::cosine && rules.threshold > 1) {
    return fail(suite_error(fmt::format("threshold of similar is {} with cosine", rules.threshold),
                            "the least cosine that passes, from 0 to 1"));
  }
  return std::make_unique<Similar>(*std::move(references), std::move(rules), recipe.setting.embeddings);
}

}  // namespace assay::evaluator
