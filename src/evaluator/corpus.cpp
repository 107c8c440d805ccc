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
  if (kind == "bleu-coco") return bleu_unsmoothed(BleuCounts::from(n));
  if (kind == "chrf") return chrf_of(n, sum.at("beta").get<double>());
  if (kind == "ifeval") return n.at(5) > 0 ? n.at(0) / n.at(5) : 0;
  if (kind == "cider") return n.at(1) > 0 ? n.at(0) / n.at(1) : 0;
  if (kind == "rouge") return f1_of(n.at(0), n.at(1), n.at(2));
  return n.at(3) > 0 ? (n.at(0) + n.at(1) + n.at(2)) / n.at(3) : 0;
}

/// Prompt-level: all instructions of a prompt; instruction-level: each for itself.
std::vector<std::pair<std::string, double>> parts_of(const Json& sum) {
  const std::vector<double> n = sum.at("n").get<std::vector<double>>();
  const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0; };
  return {{"prompt strict", share(n.at(0), n.at(5))},
          {"prompt loose", share(n.at(1), n.at(5))},
          {"instruction strict", share(n.at(2), n.at(4))},
          {"instruction loose", share(n.at(3), n.at(4))}};
}

}  // namespace

Result<void> CorpusSum::add(const Json& counts) {
  if (counts.is_null()) return {};
  try {
    const std::string signature = counts.at("signature").get<std::string>();
    if (result_.samples == 0) {
      sum_ = counts;
      result_.kind = counts.at("kind").get<std::string>();
      result_.signature = signature;
      static_cast<void>(score_of(result_.kind, sum_));  // throws when it is no record of counts
      ++result_.samples;
      return {};
    }
    if (signature != result_.signature) {
      return fail(
          suite_error(fmt::format("scores of different kinds: {} and {}", result_.signature, signature),
                      "counts of one signature"));
    }
    Json& total = sum_.at("n");
    // Read as a whole first: of a record that cannot be read nothing is added.
    const std::vector<double> more = counts.at("n").get<std::vector<double>>();
    if (total.size() != more.size()) return fail(suite_error("counts of different lengths", "one length"));
    for (std::size_t i = 0; i < more.size(); ++i) total[i] = total[i].get<double>() + more[i];
    ++result_.samples;
  } catch (const std::exception& error) {
    return fail(suite_error(fmt::format("no counts: {}", error.what()), "what an evaluator stored"));
  }
  return {};
}

Result<CorpusScore> CorpusSum::score() const {
  if (result_.samples == 0) return fail(suite_error("no counts", "at least one graded sample"));
  CorpusScore result = result_;
  result.score = score_of(result.kind, sum_);
  if (result.kind == "ifeval") result.parts = parts_of(sum_);
  return result;
}

Result<CorpusScore> corpus_score(std::span<const Json> counts) {
  CorpusSum sum;
  for (const Json& one : counts) {
    if (Result<void> added = sum.add(one); !added) return fail(added.error());
  }
  return sum.score();
}

}  // namespace assay::evaluator
