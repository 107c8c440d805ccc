// The score of a corpus, by what the product reads counts and scores their sums with. For *_test.cpp only.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluator/corpus.h"

namespace assay::evaluator::testing {

/// Counts of samples, added up.
class CorpusSum {
 public:
  /// Takes what a graded sample keeps (steps["counts"]). False, and nothing is added: it cannot be read, or
  /// is of another signature than what came before.
  bool add(const Json& counts) {
    const auto read = reader_.read(counts);
    if (!read) return false;
    if (samples_ == 0) {
      first_ = counts;
      signature_ = read->signature;
      sums_.assign(read->numbers.size(), 0);
    }
    if (read->signature != signature_ || read->numbers.size() != sums_.size()) return false;
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += read->numbers[i];
    ++samples_;
    return true;
  }

  /// Of a measure with several parts the first. Needs a sample.
  double score() const { return formulas().front().score(sums_); }
  std::vector<stats::CorpusFormula> formulas() const { return reader_.formulas(first_); }
  const std::vector<double>& sums() const { return sums_; }
  const std::string& signature() const { return signature_; }
  std::size_t samples() const { return samples_; }

 private:
  stats::CorpusReader reader_ = corpus_reader();
  Json first_;
  std::string signature_;
  std::vector<double> sums_;
  std::size_t samples_ = 0;
};

/// Of samples that can all be read; anything else leaves it without samples.
inline CorpusSum sum_of(std::span<const Json> counts) {
  CorpusSum sum;
  for (const Json& one : counts)
    if (!sum.add(one)) return {};
  return sum;
}

}  // namespace assay::evaluator::testing
