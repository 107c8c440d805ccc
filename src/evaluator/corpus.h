// Corpus scores: what overlap metrics and error rates report over many samples. Counts are summed and one
// ratio is taken; the mean of sample scores is something else and is never called by the same name.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay::evaluator {

struct CorpusScore {
  std::string kind;       ///< bleu, chrf, rouge, wer, cer
  std::string signature;  ///< everything that the number depends on, e.g. bleu|nrefs:1|case:mixed|…
  double score = 0;       ///< bleu, chrf, rouge: 0..1; wer, cer: a rate, which may exceed 1
  std::size_t samples = 0;
};

/// Of the counts that graded samples keep (Judgement::counts, steps["counts"]); nulls are passed over.
/// Errors: bad_input when there are none, when one is no such record, or when two have different signatures.
Result<CorpusScore> corpus_score(std::span<const Json> counts);

}  // namespace assay::evaluator
