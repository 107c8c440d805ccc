// Scores over the whole corpus of a run: stats/ cannot read what evaluators count, so they are summed here.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evaluator/corpus.h"
#include "record/verdict.h"
#include "stats/summary.h"

namespace assay::cli {

class CorpusFigures {
 public:
  /// `row`: model × cells + cell. Only graded samples count.
  void add(std::size_t row, const record::Verdict& verdict);
  /// Into the rows of the same numbers.
  void give(stats::Summary& summary) const;

 private:
  struct Key {
    std::size_t row;
    std::string name;
    std::string signature;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, evaluator::CorpusSum> sums_;
};

}  // namespace assay::cli
