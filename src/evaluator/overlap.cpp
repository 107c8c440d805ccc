// bleu and chrf: n-grams shared with reference texts.
#include "evaluator/methods.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "evaluator/caption_tokens.h"
#include "evaluator/ngram_scores.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.5;
constexpr int kMaxOrder = 8;

enum class BleuVariant { sacrebleu, promptfoo, coco };

struct BleuRules {
  BleuVariant variant = BleuVariant::sacrebleu;
  bool lower = false;
  std::size_t max_n = 4;
};

class Bleu final : public Evaluator {
 public:
  Bleu(const std::vector<std::string>& references, BleuRules rules) : rules_(rules) {
    for (const std::string& text : references) references_.push_back(tokens_of(text));
    std::string_view detail;
    switch (rules.variant) {
      case BleuVariant::sacrebleu: detail = "eff:yes|tok:13a|smooth:exp"; break;
      case BleuVariant::promptfoo: detail = "eff:yes|tok:space|smooth:floor"; break;
      case BleuVariant::coco: detail = "eff:no|tok:ptb@1|smooth:none"; break;
    }
    signature_ = fmt::format("bleu|nrefs:{}|case:{}|{}|n:{}|v1", references.size(), lowers() ? "lc" : "mixed",
                             detail, rules.max_n);
  }

  Judgement judge(const Subject& subject) const override {
    const std::vector<std::string> answer = tokens_of(subject.text);
    const BleuCounts counts = bleu_counts(answer, references_, rules_.max_n);
    const double score = score_of(answer, counts);
    Judgement judgement =
        scored(std::min(score, 1.0), kDefaultThreshold, fmt::format("BLEU {:.6f}, {}", score, signature_));
    // promptfoo knows no corpus score.
    if (rules_.variant != BleuVariant::promptfoo)
      judgement.counts = {{"kind", rules_.variant == BleuVariant::coco ? "bleu-coco" : "bleu"},
                          {"signature", signature_},
                          {"n", counts.numbers()}};
    return judgement;
  }

 private:
  bool lowers() const { return rules_.lower || rules_.variant != BleuVariant::sacrebleu; }

  double score_of(const std::vector<std::string>& answer, const BleuCounts& counts) const {
    switch (rules_.variant) {
      case BleuVariant::promptfoo: return bleu_of_promptfoo(answer, references_, rules_.max_n);
      case BleuVariant::coco: return bleu_unsmoothed(counts);
      case BleuVariant::sacrebleu: break;
    }
    return bleu_of(counts, true);
  }

  std::vector<std::string> tokens_of(std::string_view text) const {
    if (rules_.variant == BleuVariant::coco) return caption_tokens(text);
    const std::string made = lowers() ? lower(text) : std::string(text);
    if (rules_.variant == BleuVariant::sacrebleu) return tokens_13a(made);
    const std::vector<std::string_view> words = words_of(made);
    return {words.begin(), words.end()};
  }

  BleuRules rules_;
  std::vector<std::vector<std::string>> references_;
  std::string signature_;
};

class Chrf final : public Evaluator {
 public:
  Chrf(std::vector<std::string> references, std::size_t word_order, double beta)
      : references_(std::move(references)), word_order_(word_order), beta_(beta) {
    signature_ = fmt::format("chrf|nrefs:{}|case:mixed|eff:yes|nc:6|nw:{}|beta:{}|v1", references_.size(),
                             word_order, beta);
  }

  Judgement judge(const Subject& subject) const override {
    double best = -1;
    std::vector<double> best_counts;
    for (const std::string& reference : references_) {
      std::vector<double> counts = chrf_counts(subject.text, reference, word_order_);
      const double score = chrf_of(counts, beta_);
      if (score <= best) continue;
      best = score;
      best_counts = std::move(counts);
    }
    Judgement judgement = scored(std::clamp(best, 0.0, 1.0), kDefaultThreshold,
                                 fmt::format("chrF {:.6f}, {}", best, signature_));
    judgement.counts = {{"kind", "chrf"}, {"signature", signature_}, {"n", best_counts}, {"beta", beta_}};
    return judgement;
  }

 private:
  std::vector<std::string> references_;
  std::size_t word_order_;
  double beta_;
  std::string signature_;
};

/// A whole number of an option, or an error with what it may be.
Result<std::size_t> order_of(const Recipe& recipe, std::string_view name, int least, int otherwise) {
  const std::string text = Options(recipe.options).text(name, std::to_string(otherwise));
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value >= least && value <= kMaxOrder) return static_cast<std::size_t>(value);
  return fail(suite_error(fmt::format("option '{}' of {} is {}", name, recipe.type, as_quoted(text)),
                          fmt::format("a whole number from {} to {}", least, kMaxOrder)));
}

}  // namespace

MadeEvaluator make_bleu(const Recipe& recipe) {
  const Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  const Result<std::size_t> max_n = order_of(recipe, "max_n", 1, 4);
  if (!max_n) return fail(max_n.error());
  const Options options(recipe.options);
  const std::string variant = options.text("variant", "sacrebleu");
  return std::make_unique<Bleu>(*references,
                                BleuRules{.variant = variant == "promptfoo" ? BleuVariant::promptfoo
                                                     : variant == "coco"    ? BleuVariant::coco
                                                                            : BleuVariant::sacrebleu,
                                          .lower = options.boolean("lower", false),
                                          .max_n = *max_n});
}

MadeEvaluator make_chrf(const Recipe& recipe) {
  Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  const Result<std::size_t> word_order = order_of(recipe, "word_order", 0, 0);
  if (!word_order) return fail(word_order.error());
  const std::string text = Options(recipe.options).text("beta", "2");
  const double beta = std::strtod(text.c_str(), nullptr);
  if (!(beta > 0 && beta <= 100)) {
    return fail(suite_error(fmt::format("option 'beta' of chrf is {}", as_quoted(text)),
                            "a number above 0, at most 100"));
  }
  return std::make_unique<Chrf>(std::move(*references), *word_order, beta);
}

}  // namespace assay::evaluator
