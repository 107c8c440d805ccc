#include "evaluator/corpus.h"

#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluator/ngram_scores.h"

namespace assay::evaluator {
namespace {

using Numbers = std::span<const double>;
using stats::CorpusFormula;
using stats::RatioTerm;

double quotient(const RatioTerm& term) {
  return term.denominator > 0 ? term.numerator / term.denominator : 0;
}

/// A score that is numerator ÷ denominator, with the standard error of such.
template <class Ratio>
CorpusFormula ratio_formula(const std::string& part, Ratio ratio) {
  return {
      .part = part, .score = [ratio](Numbers n) { return quotient(ratio(n)); }, .ratio = ratio, .highest = 1};
}

CorpusFormula bleu_formula(bool smoothed) {
  return {.part = {},
          .score =
              [smoothed](Numbers n) {
                const BleuCounts counts = BleuCounts::from({n.begin(), n.end()});
                return smoothed ? bleu_of(counts, false) : bleu_unsmoothed(counts);
              },
          .highest = 1};
}

/// Prompt-level: all instructions of a prompt; instruction-level: each for itself.
std::vector<CorpusFormula> ifeval_formulas() {
  constexpr std::size_t kInstructions = 4;
  constexpr std::size_t kPrompts = 5;
  const auto share = [](const char* part, std::size_t above, std::size_t below) {
    return ratio_formula(part, [above, below](Numbers n) { return RatioTerm{n[above], n[below]}; });
  };
  return {share("prompt strict", 0, kPrompts), share("prompt loose", 1, kPrompts),
          share("instruction strict", 2, kInstructions), share("instruction loose", 3, kInstructions)};
}

CorpusFormula error_rate_formula() {
  CorpusFormula formula = ratio_formula({}, [](Numbers n) { return RatioTerm{n[0] + n[1] + n[2], n[3]}; });
  formula.lower_is_better = true;
  formula.highest = std::nullopt;
  return formula;
}

/// Numbers that a kind's formula reads at least.
std::size_t numbers_of(const std::string& kind) {
  constexpr std::size_t kIfeval = 6, kRate = 4, kRouge = 3, kCider = 2, kBleu = 4;
  return kind == "ifeval"                 ? kIfeval
         : kind == "rouge"                ? kRouge
         : kind == "cider"                ? kCider
         : kind == "wer" || kind == "cer" ? kRate
                                          : kBleu;
}

std::vector<CorpusFormula> formulas_of(const std::string& kind, const Json& counts) {
  if (kind == "bleu" || kind == "bleu-coco") return {bleu_formula(kind == "bleu")};
  if (kind == "ifeval") return ifeval_formulas();
  if (kind == "chrf") {
    const double beta = counts.at("beta").get<double>();
    return {{.part = {},
             .score =
                 [beta](Numbers n) {
                   return chrf_of({n.begin(), n.end()}, beta);
                 },
             .highest = 1}};
  }
  // A mean of samples that are not independent of one another: every image's weights come from all of them.
  if (kind == "cider")
    return {{.part = {}, .score = [](Numbers n) { return quotient({n[0], n[1]}); }, .highest = 10}};
  if (kind == "rouge")
    return {{.part = {}, .score = [](Numbers n) { return f1_of(n[0], n[1], n[2]); }, .highest = 1}};
  return {error_rate_formula()};
}

std::optional<stats::CorpusCounts> read_counts(const Json& counts) {
  if (!counts.is_object()) return std::nullopt;
  try {
    stats::CorpusCounts read{.kind = counts.at("kind").get<std::string>(),
                             .signature = counts.at("signature").get<std::string>(),
                             .numbers = counts.at("n").get<std::vector<double>>()};
    if (read.numbers.size() < numbers_of(read.kind)) return std::nullopt;
    if (read.kind == "chrf") static_cast<void>(counts.at("beta").get<double>());
    return read;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

stats::CorpusReader corpus_reader() {
  return {.read = read_counts, .formulas = [](const Json& counts) {
            return formulas_of(counts.at("kind").get<std::string>(), counts);
          }};
}

}  // namespace assay::evaluator
