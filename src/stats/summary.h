// Samples and verdicts → the rows that people see. Unit of analysis: the case; repeats of a case are a
// cluster.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/run.h"
#include "stats/across.h"
#include "stats/interval.h"
#include "stats/power.h"
#include "stats/repeats.h"
#include "stats/sign_flip.h"

namespace assay::stats {

/// One metric of one row. Absent: no sample had it; never 0.
struct MetricSummary {
  std::optional<double> headline;  ///< pooled for rates (decode_tps, prefill_tps), the median for times
  std::optional<Interval> ci95;    ///< absent for n < 3 cases, and for memory
  std::uint64_t n = 0;             ///< samples behind it (unfit ones left out)
  std::uint64_t unfit = 0;         ///< samples that had it and were left out because of a flag
  std::uint64_t values = 0;        ///< values behind it: n, or the pooled gaps of itl_ms
  std::optional<double> mean, median, p5, p95, p99, sd, min, max;  ///< p99 from 100 values, sd from 2
  std::string method;  ///< "pooled; bootstrap over cases", "median; bootstrap", …
};

/// One score over all samples of a row: counts are summed, then one ratio is taken. Not the mean of sample
/// scores.
struct CorpusFigure {
  std::string
      name;  ///< the check's `metric`, else its type; with the pipeline's name behind / for a later one
  std::string kind;       ///< bleu, chrf, rouge, wer, cer, …
  std::string signature;  ///< everything that the number depends on
  double score = 0;       ///< wer, cer: a rate, which may exceed 1
  std::uint64_t samples = 0;
  std::uint64_t units = 0;         ///< cases, or clusters of them: what the interval is over
  std::optional<double> se{};      ///< absent for one unit, and without formula for two
  std::optional<Interval> ci95{};  ///< absent below 3 units
  std::string method{};            ///< "ratio of sums, t", "bootstrap over cases"; empty without interval
  bool lower_is_better = false;
};

/// Greedy answers in the batch beside the same cases' answers alone (record::BatchCheck).
struct BatchAnswers {
  std::uint64_t n = 0;  ///< at least 1
  std::uint64_t differ = 0;
  Interval ci95;  ///< of the share that differs, Wilson
  std::vector<std::string> cases;
};

/// One model × cell.
struct SummaryRow {
  std::uint32_t model = 0;
  std::uint32_t cell = 0;
  std::string model_label;
  std::string cell_label;
  std::optional<std::uint64_t> params;  ///< parameter count
  std::uint64_t cases = 0;
  std::uint64_t repeats = 1;
  /// Samples. Together with `missing` they add up to cases × repeats.
  std::uint64_t passed = 0, failed = 0, errors = 0, incomplete = 0, ungraded = 0;
  std::uint64_t missing = 0;       ///< planned samples that do not exist (interrupted run)
  std::optional<double> accuracy;  ///< passed / (passed + failed)
  std::optional<double> accuracy_se;
  std::optional<Interval> accuracy_ci95;
  std::string
      accuracy_method;  ///< wilson, clustered, clustered (cut), wilson (clusters); empty without interval
  std::optional<double> score;         ///< mean score of graded samples, weighted by case
  std::optional<double> score_se;      ///< clustered by case; absent for one case or cluster
  std::optional<Interval> score_ci95;  ///< cut to 0..1; absent below 3
  bool partial_scores = false;      ///< some score lies between 0 and 1, so that it says more than accuracy
  std::optional<double> coverage;   ///< (passed + failed) / (cases × repeats)
  std::optional<double> low, high;  ///< accuracy if nothing, or everything, of what was not graded were right
  std::map<std::string, MetricSummary> metrics;         ///< names of docs/measurement.md
  std::map<std::string, std::uint64_t> reasons;         ///< "fail:no_answer" → count
  std::map<std::string, std::uint64_t> flags;           ///< flag → samples
  std::optional<Repeated> repeated;                     ///< several answers to one case
  std::vector<AcrossFigure> across;                     ///< all answers to a case counted together
  std::vector<CorpusFigure> corpus;                     ///< filled by whoever can read the verdicts' counts
  std::optional<BatchAnswers> batch_answers;            ///< absent: nothing was answered twice
  std::optional<record::BatchSpeed> batch_speed;        ///< absent: nobody had to find how many go together
  std::map<std::string, double> named_scores;           ///< `metric:` of checks → weighted mean score
  std::map<std::string, MeanEstimate> named_estimates;  ///< the same with standard error; n counts cases
  /// "most accurate", "fastest": not shown worse than any other row of its cell, and the difference to
  /// another shown.
  std::vector<std::string> badges;
};

/// A sentence that belongs under the table.
struct Note {
  std::string kind;  ///< incomplete_run, ended, errors, coverage, only_metrics, few, unfit, dead_zone, drift,
                     ///< tells_nothing, …
  std::string text;
  std::optional<std::uint32_t> row;  ///< which row it is about; absent: the whole table
  std::vector<std::string> case_ids;
};

/// Two rows of one cell, different models, the same cases.
struct Difference {
  std::string metric;        ///< accuracy, score, decode_tps, "corpus:wer"
  std::string signature;     ///< of a corpus score: everything that the number depends on
  std::uint32_t better = 0;  ///< row index; the larger estimate, shown or not
  std::uint32_t worse = 0;
  /// accuracy, score: difference (0.05 is 5 points); corpus: by how much `better` is better; decode_tps:
  /// ratio of medians − 1.
  double estimate = 0;
  std::optional<double> better_value, worse_value;  ///< accuracy, score, corpus: over the cases both have
  std::optional<double> se;                         ///< of the estimate; decode_tps: none
  std::optional<Interval> ci95;                     ///< of the estimate
  double p = 1;                                     ///< of the test alone
  double p_adjusted = 1;                            ///< by Holm over all differences of the table
  std::uint64_t comparisons = 0;                    ///< how many those are
  bool shown = false;          ///< p_adjusted < 0.05, and coverage does not leave the order open
  std::uint64_t n = 0;         ///< cases measured for both
  std::uint64_t left_out = 0;  ///< cases that only one of them has
  std::uint64_t better_only = 0, worse_only = 0;  ///< accuracy with one repeat: discordant cases
  std::vector<std::string> better_only_cases, worse_only_cases;  ///< at most kMostListedCases each
  std::optional<double> smallest;  ///< the difference that would have been found four times in five
  bool open = false;               ///< what was not graded could turn the order round
  // Beside a t test over case means:
  std::optional<SignFlip> sign_flip;       ///< from 5 to 29 cases or clusters
  std::optional<Interval> bootstrap_ci95;  ///< of the estimate, plain percentiles
  std::uint64_t draws = 0;                 ///< of the bootstrap, from kBootstrapSeed; 0: there was none
  // For the plan of another run (stats/power.h), of accuracy:
  double repeats = 0;                     ///< graded answers to a case, mean
  std::optional<double> correlation;      ///< of the two models' case means
  std::optional<VarianceParts> variance;  ///< where every case was answered twice or more by both
  std::string method;  ///< "McNemar exact", "paired t", "paired bootstrap of the ratio of medians"
  std::string
      text;  ///< "tiny-m is more accurate than tiny-s: 92 % against 61 %, +31 points (18…44), p < 0.001"
  std::string detail;  ///< n, discordant cases, the test with p before and after Holm, and its company
};
inline constexpr std::string_view kMcNemar = "McNemar exact";
inline constexpr std::string_view kPairedT = "paired t over case means";
inline constexpr std::string_view kPairedTClustered = "paired t, clustered";
/// Before the name of a corpus score in Difference::metric, so that a check named "accuracy" is no accuracy.
inline constexpr std::string_view kCorpusMetric = "corpus:";
inline constexpr std::size_t kMostListedCases = 100;

/// Models judged some of the answers.
struct Judging {
  std::vector<std::string> judges;  ///< as the suite writes them
  std::string prompt;               ///< hash of what they are told; empty: graded before it was kept
  std::uint64_t voted = 0;          ///< verdicts of two readable votes or more
  std::uint64_t agreed = 0;         ///< of `voted`: all votes were the same
};

struct Summary {
  std::string run_id;
  std::string suite_name;
  std::string state;
  std::string started;        ///< RFC 3339
  std::string assay_version;  ///< of the run
  std::string sandbox =
      {};  ///< what ran the models' programs: "none", "bubblewrap, Python 3.11.2"; empty: none ran
  std::vector<SummaryRow> rows;  ///< model by model, cell by cell, as in the run; also rows without a sample
  std::vector<Difference> differences;
  std::vector<Note> notes;
  std::optional<Judging> judging{};  ///< absent: no model judged
};

}  // namespace assay::stats
