#include "evaluator/corpus.h"

#include <exception>

#include <fmt/format.h>

#include "evaluator/ngram_scores.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

double score_of(const std::string& kind, const Json& sum) {
  const std::vector<double> n = sum.at("n").get<std::vector<double>>();
  if (kind == "bleu") return bleu_of(BleuCounts::from(n), false);
  if (kind == "chrf") return chrf_of(n, sum.at("beta").get<double>());
  if (kind == "rouge") return f1_of(n.at(0), n.at(1), n.at(2));
  return n.at(3) > 0 ? (n.at(0) + n.at(1) + n.at(2)) / n.at(3) : 0;
}

}  // namespace

Result<CorpusScore> corpus_score(std::span<const Json> counts) {
  CorpusScore result;
  Json sum;
  try {
    for (const Json& one : counts) {
      if (one.is_null()) continue;
      if (result.samples++ == 0) {
        sum = one;
        result.kind = one.at("kind").get<std::string>();
        result.signature = one.at("signature").get<std::string>();
        continue;
      }
      if (one.at("signature") != result.signature) {
        return fail(suite_error(fmt::format("scores of different kinds: {} and {}", result.signature,
                                            one.at("signature").get<std::string>()),
                                "counts of one signature"));
      }
      Json& total = sum.at("n");
      const Json& more = one.at("n");
      if (total.size() != more.size()) return fail(suite_error("counts of different lengths", "one length"));
      for (std::size_t i = 0; i < total.size(); ++i)
        total[i] = total[i].get<double>() + more[i].get<double>();
    }
    if (result.samples == 0) return fail(suite_error("no counts", "at least one graded sample"));
    result.score = score_of(result.kind, sum);
  } catch (const std::exception& error) {
    return fail(suite_error(fmt::format("no counts: {}", error.what()), "what an evaluator stored"));
  }
  return result;
}

}  // namespace assay::evaluator
