// cider: CIDEr-D, how much of what people say of an image (and of no other) an answer says. Vedantam 2015;
// the details are those of pycocoevalcap.
#include "evaluator/methods.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "evaluator/caption_images.h"
#include "evaluator/caption_tokens.h"
#include "evaluator/options.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kSigma = 6;
constexpr double kScale = 10;  ///< a caption that equals its only reference has 10

/// One caption as a vector of tf·idf for each order.
struct Weighted {
  /// By n-gram: sums in the order of a hash table would differ in their last bits from one library to
  /// another.
  std::array<std::vector<std::pair<std::string, double>>, kCiderOrders> weights;
  std::array<double, kCiderOrders> norms{};
  double length = 0;  ///< in bigrams, as the reference counts
};

/// Where the weights come from: the references of this suite, or a file.
struct Source {
  std::shared_ptr<const CaptionImages> suite;
  std::shared_ptr<const CaptionFrequencies> file;  ///< counts where it is there

  double idf(const std::string& gram) const { return file != nullptr ? file->idf(gram) : suite->idf(gram); }
  std::string name() const { return file != nullptr ? file->hash() : "refs"; }
  std::size_t images() const { return file != nullptr ? file->images() : suite->images(); }
};

Weighted weighted(const CaptionGrams& grams, const Source& images) {
  Weighted made;
  for (std::size_t n = 0; n < kCiderOrders; ++n) {
    for (const auto& [gram, count] : grams[n]) {
      const double weight = static_cast<double>(count) * images.idf(gram);
      made.weights[n].emplace_back(gram, weight);
      if (n == 1) made.length += static_cast<double>(count);
    }
    std::sort(made.weights[n].begin(), made.weights[n].end());
    double squares = 0;
    for (const auto& [gram, weight] : made.weights[n]) squares += weight * weight;
    made.norms[n] = std::sqrt(squares);
  }
  return made;
}

/// The mean over the orders, before the scale.
double likeness(const Weighted& answer, const Weighted& reference) {
  const double delta = answer.length - reference.length;
  const double penalty = std::exp(-(delta * delta) / (2 * kSigma * kSigma));
  double sum = 0;
  for (std::size_t n = 0; n < kCiderOrders; ++n) {
    double product = 0;
    auto other = reference.weights[n].begin();
    for (const auto& [gram, weight] : answer.weights[n]) {
      while (other != reference.weights[n].end() && other->first < gram) ++other;
      if (other == reference.weights[n].end()) break;
      if (other->first == gram) product += std::min(weight, other->second) * other->second;
    }
    const double norms = answer.norms[n] * reference.norms[n];
    if (norms > 0) product /= norms;
    sum += product * penalty;
  }
  return sum / static_cast<double>(kCiderOrders);
}

class Cider final : public Evaluator {
 public:
  Cider(std::vector<CaptionGrams> references, Source images, std::optional<double> threshold)
      : references_(std::move(references)), images_(std::move(images)), threshold_(threshold) {}

  Judgement judge(const Subject& subject) const override {
    const Weighted answer = weighted(grams_of(caption_tokens(subject.text)), images_);
    double sum = 0;
    for (const CaptionGrams& reference : references_) sum += likeness(answer, weighted(reference, images_));
    const double score = kScale * sum / static_cast<double>(references_.size());
    const std::string signature = fmt::format("cider-d|df:{}|images:{}|n:{}|sigma:{}|tok:ptb@1|v1",
                                              images_.name(), images_.images(), kCiderOrders, kSigma);
    std::string shown = fmt::format("CIDEr-D {:.6f}, {}", score, signature);
    const bool good = !threshold_ || score >= *threshold_;
    Judgement judgement = good ? passed(std::move(shown)) : failed("threshold", std::move(shown));
    judgement.score = std::clamp(score / kScale, 0.0, 1.0);
    judgement.counts = {{"kind", "cider"}, {"signature", signature}, {"n", {score, 1}}};
    return judgement;
  }

 private:
  std::vector<CaptionGrams> references_;
  Source images_;
  std::optional<double> threshold_;
};

}  // namespace

MadeEvaluator make_cider(const Recipe& recipe) {
  const Result<std::vector<std::string>> texts = references_of(recipe);
  if (!texts) return fail(texts.error());
  if (recipe.threshold && !(*recipe.threshold >= 0 && *recipe.threshold <= kScale)) {
    return fail(suite_error(fmt::format("threshold of cider is {}", *recipe.threshold),
                            "the least CIDEr-D that passes, from 0 to 10", "Papers print it times 100"));
  }
  if (!recipe.threshold && recipe.weight > 0) {
    return fail(suite_error("cider has no threshold", "the least CIDEr-D that passes, or weight: 0",
                            "With weight: 0 it is a metric that decides nothing"));
  }
  std::vector<CaptionGrams> references;
  for (const std::string& text : *texts) references.push_back(grams_of(caption_tokens(text)));
  std::shared_ptr<CaptionImages> images = recipe.setting.images;
  // Looked at without a suite, it is never asked to judge; a file is looked at once, for the whole suite.
  const bool judges = images != nullptr && recipe.setting.test_case != nullptr;
  if (!judges) images = std::make_shared<CaptionImages>();
  const record::Value* df = caption_frequencies_of(recipe.options);
  Source source{.suite = images, .file = nullptr};
  if (df != nullptr && judges) {
    const auto file = images->frequencies(*df);
    if (!file) return fail(file.error());
    source.file = *file;
  } else if (df == nullptr && judges) {
    images->add(recipe.setting.test_case->id, references);
  }
  return std::make_unique<Cider>(std::move(references), std::move(source), recipe.threshold);
}

}  // namespace assay::evaluator
