// Corpus scores: what overlap metrics and error rates report over many samples. Counts are summed and one
// ratio is taken; the mean of sample scores is something else and is never called by the same name.
#pragma once

#include "stats/corpus.h"

namespace assay::evaluator {

/// How stats/ reads the counts that a graded sample keeps (Judgement::counts, steps["counts"]), and scores
/// their sums: bleu, chrf and rouge in 0..1; cider, a mean, in 0..10; wer and cer a rate, which may exceed 1;
/// ifeval four shares, of which the first is its score.
stats::CorpusReader corpus_reader();

}  // namespace assay::evaluator
