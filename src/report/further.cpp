#include "report/further.h"

#include <fmt/format.h>

#include "stats/words.h"

namespace assay::report {
namespace {

// One answer, and the most that were asked for: what lies between is in --format json.
std::vector<const stats::PassAtK*> shown_of(const stats::Repeated& repeated) {
  std::vector<const stats::PassAtK*> shown{&repeated.pass.front()};
  if (repeated.pass.size() > 1) shown.push_back(&repeated.pass.back());
  return shown;
}

std::string chance(const stats::MeanEstimate& estimate) {
  return stats::percent_with(estimate.mean, estimate.ci95);
}

std::string sentence_of(const stats::Repeated& repeated) {
  std::string text;
  for (const stats::PassAtK* pass : shown_of(repeated))
    text += fmt::format("{}pass@{} {}", text.empty() ? "" : ", ", pass->k, chance(pass->at_least_one));
  const stats::PassAtK& most = *shown_of(repeated).back();
  if (most.k > 1) text += fmt::format(", pass^{} (all right) {}", most.k, chance(most.all));
  text += fmt::format("; every answer of a case alike in {} of {}", stats::percent(repeated.consistency),
                      stats::counted(repeated.cases, "case", "cases"));
  return text;
}

/// "numeric by majority of 8 (maj) 75 % (40…93) of 12 cases; 1 tie went to the earliest answer"
std::string sentence_of(const stats::AcrossFigure& figure) {
  const std::string of =
      figure.pipeline.empty() || figure.name == figure.pipeline ? "" : fmt::format(" ({})", figure.pipeline);
  std::string text = fmt::format("{}, {}{}: ", figure.name, figure.rule, of);
  if (figure.score)
    text += fmt::format("{} of {}", chance(*figure.score), stats::counted(figure.score->n, "case", "cases"));
  else
    text += "no case has enough answers";
  if (figure.ties > 0)
    text += fmt::format("; {} went to the earliest answer", stats::counted(figure.ties, "tie", "ties"));
  if (figure.silent > 0)
    text += fmt::format("; {} without any answer", stats::counted(figure.silent, "case", "cases"));
  if (figure.left_out > 0 && figure.score)
    text +=
        fmt::format("; {} with too few answers left out", stats::counted(figure.left_out, "case", "cases"));
  return text;
}

std::string sentence_of(const stats::CorpusFigure& figure) {
  return fmt::format("{} over the corpus of {}: {:.4f} ({})", figure.name,
                     stats::counted(figure.samples, "sample", "samples"), figure.score, figure.signature);
}

/// Scores that have names of their own, in the alphabet's order.
std::string sentence_of(const std::map<std::string, double>& scores) {
  std::string text;
  for (const auto& [name, score] : scores)
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", name, score);
  return text;
}

}  // namespace

std::vector<std::string> further_figures(const stats::Summary& summary) {
  std::vector<std::string> sentences;
  for (const stats::SummaryRow& row : summary.rows) {
    const std::string name =
        row.cell_label.empty() ? row.model_label : row.model_label + " at " + row.cell_label;
    if (row.repeated && !row.repeated->pass.empty())
      sentences.push_back(name + ": " + sentence_of(*row.repeated));
    for (const stats::AcrossFigure& figure : row.across)
      sentences.push_back(name + ": " + sentence_of(figure));
    for (const stats::CorpusFigure& figure : row.corpus)
      sentences.push_back(name + ": " + sentence_of(figure));
    if (!row.named_scores.empty()) sentences.push_back(name + ": " + sentence_of(row.named_scores));
  }
  return sentences;
}

}  // namespace assay::report
