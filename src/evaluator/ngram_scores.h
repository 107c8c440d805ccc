// BLEU, chrF and ROUGE as formulas on counts. Sources: Papineni 2002, Popović 2015, Lin 2004; the details
// that the papers leave open are those of sacreBLEU and rouge_score, so that figures can be compared.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace assay::evaluator {

/// How often each run of n tokens occurs.
using NgramCounts = std::unordered_map<std::string, std::size_t>;
/// Tokens may hold any bytes but U+0001, which parts them inside an n-gram.
NgramCounts ngrams(const std::vector<std::string>& tokens, std::size_t n);

struct BleuCounts {
  std::vector<double> matches;  ///< one per order
  std::vector<double> totals;
  double answer_length = 0;
  double reference_length = 0;  ///< of the reference nearest in length

  std::vector<double> numbers() const;  ///< matches, totals, lengths
  static BleuCounts from(const std::vector<double>& numbers);
};

BleuCounts bleu_counts(const std::vector<std::string>& answer,
                       const std::vector<std::vector<std::string>>& references, std::size_t max_n);
/// Exponential smoothing of orders without a match. `effective`: only orders that the answer is long enough
/// for; what a sample score takes, and a corpus score does not.
double bleu_of(const BleuCounts& counts, bool effective);
/// All orders must exist and match, else 0: as pycocoevalcap's corpus score, where its guards of 1e-15 do not
/// show.
double bleu_unsmoothed(const BleuCounts& counts);
/// promptfoo's: for each order that the answer is long enough for the best reference's precision, or 1e-7
/// where that is zero.
double bleu_of_promptfoo(const std::vector<std::string>& answer,
                         const std::vector<std::vector<std::string>>& references, std::size_t max_n);

/// For each order (six of characters, then those of words): n-grams of the answer, of the reference, and in
/// both. Tokens as sacreBLEU's chrF makes them.
std::vector<double> chrf_counts(std::string_view answer, std::string_view reference, std::size_t word_order);
double chrf_of(const std::vector<double>& counts, double beta);

/// The harmonic mean of match ÷ answer and match ÷ reference; 0 without a match.
double f1_of(double match, double answer, double reference);

/// Tokens of mteval-v13a. Case is kept.
std::vector<std::string> tokens_13a(std::string_view text);
/// rouge_score's tokens: lower case, runs of a-z and 0-9; with `unicode` runs of letters, marks and digits of
/// all scripts.
std::vector<std::string> rouge_tokens(std::string_view text, bool unicode);

}  // namespace assay::evaluator
