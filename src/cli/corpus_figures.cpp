#include "cli/corpus_figures.h"

#include "base/json_members.h"

namespace assay::cli {

void CorpusFigures::add(std::size_t row, const record::Verdict& verdict) {
  const Json* list = list_of(verdict.steps, "counts");
  if (list == nullptr) return;
  const Json& counts = *list;
  for (std::size_t i = 0; i < verdict.assertions.size() && i < counts.size(); ++i) {
    const record::Mark mark = verdict.assertions[i].mark;
    if (mark != record::Mark::pass && mark != record::Mark::fail) continue;
    if (!counts[i].is_object() || !counts[i].contains("signature")) continue;
    // Samples with different signatures (more references, say) are different measures, each with a sum of its
    // own. What an evaluator of another version stored and this one cannot read is left out.
    static_cast<void>(
        sums_[{row, record::shown_name(verdict.assertions[i]), dump(counts[i]["signature"])}].add(counts[i]));
  }
}

void CorpusFigures::give(stats::Summary& summary) const {
  for (const auto& [key, sum] : sums_) {
    const Result<evaluator::CorpusScore> score = sum.score();
    if (!score || key.row >= summary.rows.size()) continue;
    const auto add = [&](const std::string& name, double value) {
      summary.rows[key.row].corpus.push_back({.name = name,
                                              .kind = score->kind,
                                              .signature = score->signature,
                                              .score = value,
                                              .samples = score->samples});
    };
    if (score->parts.empty()) add(key.name, score->score);
    for (const auto& [part, value] : score->parts) add(key.name + " " + part, value);
  }
}

}  // namespace assay::cli
