#include "stats/difference_words.h"

#include <fmt/format.h>

#include "stats/bootstrap.h"
#include "stats/words.h"

namespace assay::stats {
namespace {

std::string where(const SummaryRow& row) {
  return row.cell_label.empty() ? "" : " at " + row.cell_label;
}

std::string left_out_text(const Difference& difference) {
  if (difference.left_out == 0) return "";
  return fmt::format("; {} left out, measured for one of them only",
                     counted(difference.left_out, "case", "cases"));
}

std::string accuracy_text(const Summary& summary, const Difference& difference) {
  const SummaryRow& better = summary.rows[difference.better];
  const SummaryRow& worse = summary.rows[difference.worse];
  const std::string range = difference.ci95 ? " (" + points_range(*difference.ci95) + ")" : "";
  if (difference.shown) {
    return fmt::format("{} is more accurate than {}{}: {} against {}, {}{}, {}{}", better.model_label,
                       worse.model_label, where(better), percent(*better.accuracy), percent(*worse.accuracy),
                       points(difference.estimate), range, p_text(difference.p_adjusted),
                       left_out_text(difference));
  }
  const std::string both = fmt::format("{} and {}{}", better.model_label, worse.model_label, where(better));
  if (difference.open) {
    return fmt::format("no winner in accuracy between {}: what was not graded could turn the order round",
                       both);
  }
  std::string text = fmt::format("no difference in accuracy shown between {}: {}{}", both,
                                 points(difference.estimate), range);
  text += difference.smallest
              ? fmt::format("; {} would have been found", points(*difference.smallest).substr(1))
              : std::string("; a single cluster of cases shows none, however large");
  return text + left_out_text(difference);
}

std::string speed_text(const Summary& summary, const Difference& difference) {
  const SummaryRow& better = summary.rows[difference.better];
  const SummaryRow& worse = summary.rows[difference.worse];
  const Interval ratio{.low = difference.ci95->low + 1, .high = difference.ci95->high + 1};
  if (difference.shown) {
    const std::string faster = faster_text(difference.estimate + 1, ratio);
    // "is faster by 12 % than b", "is 3.3 times as fast (3.2…3.5) as b"
    const bool times = faster.find("times") != std::string::npos;
    return fmt::format("{} decodes {}{}{}, {}{}", better.model_label, faster,
                       (times ? " as " : " than ") + worse.model_label, where(better),
                       p_text(difference.p_adjusted), left_out_text(difference));
  }
  std::string text = fmt::format("no difference in decode speed shown between {} and {}{} ({})",
                                 better.model_label, worse.model_label, where(better), change_range(ratio));
  if (difference.smallest)
    text +=
        fmt::format("; {} would have been found", percent(*difference.smallest, *difference.smallest < 0.02));
  return text + left_out_text(difference);
}

std::string rate(double value) {
  constexpr int kDecimals = 4;
  return fixed(value, kDecimals);
}

/// A score in its own unit: a mean of scores, or one over the corpus.
std::string value_text(const Summary& summary, const Difference& difference, const std::string& name) {
  const SummaryRow& better = summary.rows[difference.better];
  const SummaryRow& worse = summary.rows[difference.worse];
  const std::string range =
      rate(difference.estimate) +
      (difference.ci95 ? fmt::format(" ({}…{})", rate(difference.ci95->low), rate(difference.ci95->high))
                       : "");
  if (difference.shown) {
    return fmt::format("{} is better than {} in {}{}: {} against {}, difference {}, {}{}", better.model_label,
                       worse.model_label, name, where(better), rate(*difference.better_value),
                       rate(*difference.worse_value), range, p_text(difference.p_adjusted),
                       left_out_text(difference));
  }
  if (difference.open) {
    return fmt::format("no winner in {} between {} and {}{}: what was not graded could turn the order round",
                       name, better.model_label, worse.model_label, where(better));
  }
  std::string text = fmt::format("no difference in {} shown between {} and {}{}: {}", name,
                                 better.model_label, worse.model_label, where(better), range);
  text += difference.smallest ? fmt::format("; {} would have been found", rate(*difference.smallest))
                              : std::string("; cases that do not vary show none, however large");
  return text + left_out_text(difference);
}

std::string name_of(const Difference& difference) {
  return difference.metric == "score" ? std::string("mean score")
                                      : difference.metric.substr(kCorpusMetric.size()) + " over the corpus";
}

/// A t test stands at the head, and a bootstrap beside it.
bool is_by_t(const Difference& difference) {
  return difference.method == kPairedT || difference.method == kPairedTClustered;
}

std::string draws_text(const Difference& difference) {
  return difference.draws == 0
             ? ""
             : fmt::format(" ({} draws, seed {})", thousands(difference.draws), kBootstrapSeed);
}

/// Beside a t test: the tests that assume less.
std::string company_text(const Difference& difference) {
  std::string text;
  if (const auto& flip = difference.sign_flip) {
    text +=
        fmt::format("; sign-flip {} ({})", p_text(flip->p),
                    flip->exact ? fmt::format("all {} patterns", thousands(flip->patterns))
                                : fmt::format("{} draws, seed {}", thousands(flip->patterns), flip->seed));
  }
  if (const auto& ci95 = difference.bootstrap_ci95)
    text += fmt::format("; paired bootstrap {}{}",
                        difference.metric == "accuracy" ? points_range(*ci95) + " points"
                                                        : rate(ci95->low) + "…" + rate(ci95->high),
                        draws_text(difference));
  return text;
}

/// "50 cases in pairs; only tiny-m passes 16, only tiny-s 0; McNemar exact p < 0.001, p < 0.001 by Holm for
/// 2"
std::string detail_text(const Summary& summary, const Difference& difference) {
  std::string text = counted(difference.n, "case in pairs", "cases in pairs");
  if (difference.method == kMcNemar)
    text += fmt::format("; only {} passes {}, only {} {}", summary.rows[difference.better].model_label,
                        difference.better_only, summary.rows[difference.worse].model_label,
                        difference.worse_only);
  text += fmt::format("; {}{}: {}, by Holm (m = {}) {}", difference.method,
                      is_by_t(difference) ? "" : draws_text(difference), p_text(difference.p),
                      difference.comparisons, p_text(difference.p_adjusted));
  return text + company_text(difference);
}

}  // namespace

void say(const Summary& summary, Difference& difference) {
  if (difference.metric == "accuracy")
    difference.text = accuracy_text(summary, difference);
  else if (difference.metric == "decode_tps")
    difference.text = speed_text(summary, difference);
  else
    difference.text = value_text(summary, difference, name_of(difference));
  difference.detail = detail_text(summary, difference);
}

}  // namespace assay::stats
