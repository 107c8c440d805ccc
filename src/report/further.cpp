#include "report/further.h"

#include <algorithm>

#include <fmt/format.h>

#include "stats/bootstrap.h"
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

/// " (0.0335…0.1821)"; nothing without interval.
std::string four_digits(const std::optional<stats::Interval>& ci95) {
  return ci95 ? fmt::format(" ({:.4f}…{:.4f})", ci95->low, ci95->high) : std::string();
}

/// "wer over the corpus of 8 samples: 0.1078 (0.0335…0.1821), SE 0.0314 by ratio of sums, t
/// (wer|norm:none|…)"
std::string sentence_of(const stats::CorpusFigure& figure) {
  std::string text = fmt::format("{} over the corpus of {}: {:.4f}{}", figure.name,
                                 stats::counted(figure.samples, "sample", "samples"), figure.score,
                                 four_digits(figure.ci95));
  if (figure.se)
    text += fmt::format(", SE {:.4f}{}", *figure.se, figure.method.empty() ? "" : " by " + figure.method);
  return text + " (" + figure.signature + ")";
}

/// Scores that have names of their own, in the alphabet's order.
std::string named_sentence(const stats::SummaryRow& row) {
  std::string text;
  for (const auto& [name, score] : row.named_scores) {
    const auto estimate = row.named_estimates.find(name);
    text += fmt::format("{}{} {:.4f}{}", text.empty() ? "" : ", ", name, score,
                        estimate == row.named_estimates.end() ? "" : four_digits(estimate->second.ci95));
  }
  return text;
}

std::string name_of(const stats::SummaryRow& row) {
  return row.cell_label.empty() ? row.model_label : row.model_label + " at " + row.cell_label;
}

/// More rows than anybody reads a list of; --format json has each.
constexpr std::size_t kMostListedRows = 12;

/// "tiny-s 6.9, tiny-m 3.9"
std::string errors_of(const std::vector<const stats::SummaryRow*>& rows) {
  std::vector<std::string> each;
  for (const stats::SummaryRow* row : rows)
    each.push_back(fmt::format("{} {}", name_of(*row), stats::fixed(100 * *row->accuracy_se, 1)));
  return stats::listed(each, kMostListedRows);
}

std::string coverage_of(const std::vector<const stats::SummaryRow*>& rows) {
  double least = 1;
  double most = 0;
  for (const stats::SummaryRow* row : rows) {
    least = std::min(least, row->coverage.value_or(0));
    most = std::max(most, row->coverage.value_or(0));
  }
  return least == most ? stats::percent(least) : stats::percent(least) + " to " + stats::percent(most);
}

/// One sentence for each method, in the order of the rows.
void add_accuracy(const stats::Summary& summary, std::vector<std::string>& sentences) {
  std::vector<std::string> methods;
  for (const stats::SummaryRow& row : summary.rows) {
    if (!row.accuracy_se || row.accuracy_method.empty()) continue;
    if (std::find(methods.begin(), methods.end(), row.accuracy_method) == methods.end())
      methods.push_back(row.accuracy_method);
  }
  for (const std::string& method : methods) {
    std::vector<const stats::SummaryRow*> rows;
    for (const stats::SummaryRow& row : summary.rows)
      if (row.accuracy_method == method && row.accuracy_se) rows.push_back(&row);
    sentences.push_back(fmt::format("accuracy: interval by {}; standard error in points {}; coverage {}",
                                    method, errors_of(rows), coverage_of(rows)));
  }
}

bool is_drawn(const stats::SummaryRow& row) {
  const auto by_bootstrap = [](const auto& figure) {
    return figure.ci95 && figure.method.find("bootstrap") != std::string::npos;
  };
  return std::any_of(row.corpus.begin(), row.corpus.end(), by_bootstrap) ||
         std::any_of(row.metrics.begin(), row.metrics.end(),
                     [&](const auto& metric) { return by_bootstrap(metric.second); });
}

}  // namespace

std::vector<std::string> further_figures(const stats::Summary& summary) {
  std::vector<std::string> sentences;
  for (const stats::SummaryRow& row : summary.rows) {
    const std::string name = name_of(row);
    if (row.repeated && !row.repeated->pass.empty())
      sentences.push_back(name + ": " + sentence_of(*row.repeated));
    for (const stats::AcrossFigure& figure : row.across)
      sentences.push_back(name + ": " + sentence_of(figure));
    for (const stats::CorpusFigure& figure : row.corpus)
      sentences.push_back(name + ": " + sentence_of(figure));
    if (!row.named_scores.empty()) sentences.push_back(name + ": " + named_sentence(row));
  }
  add_accuracy(summary, sentences);
  if (std::any_of(summary.rows.begin(), summary.rows.end(), is_drawn))
    sentences.push_back(fmt::format("intervals by bootstrap: {} draws, seed {}",
                                    stats::thousands(stats::kDraws), stats::kBootstrapSeed));
  return sentences;
}

}  // namespace assay::report
