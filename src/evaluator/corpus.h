// Corpus scores: what overlap metrics and error rates report over many samples. Counts are summed and one
// ratio is taken; the mean of sample scores is something else and is never called by the same name.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "stats/corpus.h"

namespace assay::evaluator {

struct CorpusScore {
  std::string kind;       ///< bleu, bleu-coco, chrf, rouge, cider, wer, cer
  std::string signature;  ///< everything that the number depends on, e.g. bleu|nrefs:1|case:mixed|…
  double score = 0;  ///< bleu, chrf, rouge: 0..1; cider: 0..10, a mean; wer, cer: a rate, which may exceed 1
  std::size_t samples = 0;
  std::vector<std::pair<std::string, double>> parts;  ///< ifeval: its four numbers; `score` is the first
};

/// The sum of one corpus. Memory does not grow with the samples.
class CorpusSum {
 public:
  /// Counts that a graded sample keeps (Judgement::counts, steps["counts"]); null is passed over. Errors:
  /// bad_input when it is no such record or has another signature than those before.
  Result<void> add(const Json& counts);
  /// Errors: bad_input when nothing was added.
  Result<CorpusScore> score() const;

 private:
  CorpusScore result_;
  Json sum_;
};

/// How stats/ reads these counts, so that corpus scores get intervals and are compared.
stats::CorpusReader corpus_reader();

/// All at once.
Result<CorpusScore> corpus_score(std::span<const Json> counts);

}  // namespace assay::evaluator
