// What the Summariser keeps of the samples of one row: columns of numbers, so that 100,000 samples stay
// small. Internal to stats/.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "record/metrics.h"
#include "record/price.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "stats/across.h"
#include "stats/bootstrap.h"
#include "stats/corpus.h"
#include "stats/spread.h"
#include "stats/summariser.h"

namespace assay::stats {

/// Case ids as numbers, with their clusters and weights.
class CaseTable {
 public:
  explicit CaseTable(const std::vector<CaseFacts>& facts);

  std::uint32_t index_of(const std::string& id);  ///< a new number for a new id
  std::size_t size() const { return ids_.size(); }
  const std::string& id(std::uint32_t index) const { return ids_[index]; }
  /// A number below size() + number of clusters; cases that stand alone have their own.
  std::uint32_t cluster(std::uint32_t index) const { return clusters_[index]; }
  double weight(std::uint32_t index) const { return weights_[index]; }
  /// Questions that are asked with their choices in every order are numbered from 0.
  std::optional<std::uint32_t> question(std::uint32_t index) const { return questions_[index]; }
  /// How many cases ask each question.
  const std::vector<std::uint32_t>& rotations() const { return rotations_; }
  /// Some cluster was named, so cases may belong together.
  bool clustered() const { return !cluster_numbers_.empty(); }
  /// All case numbers in the order of their ids: the order of every computation, so that no number depends on
  /// the order in which samples arrived.
  std::vector<std::uint32_t> in_order() const;

 private:
  std::uint32_t add(const CaseFacts& facts);

  std::vector<std::string> ids_;
  std::vector<std::uint32_t> clusters_;
  std::vector<double> weights_;
  std::vector<std::optional<std::uint32_t>> questions_;
  std::vector<std::uint32_t> rotations_;
  std::unordered_map<std::string, std::uint32_t> question_numbers_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::unordered_map<std::string, std::uint32_t> cluster_numbers_;
  std::uint32_t next_cluster_ = 0;
};

/// Absent inside a column. It never leaves stats/: summaries have std::optional.
inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The metrics of record::metric_table() that have one figure per sample and are summarised here; memory and
/// load times belong to the model, and itl_ms has many values per sample.
std::span<const record::MetricSpec* const> sample_metrics();
/// Place of decode_tps among them.
std::size_t decode_column();

/// One metric: a value per sample of the row.
struct Column {
  std::vector<double> values;    ///< kNone: absent, or left out as unfit
  std::vector<RatioTerm> terms;  ///< pooled metrics: tokens and seconds of the same samples, else zeros
  std::uint64_t unfit = 0;
};

class RowData {
 public:
  /// `run` gives the load pattern, `model` says how prefill is measured.
  RowData(const record::Run& run, const record::ModelRecord& model);
  void add(const record::Sample& sample, const record::Verdict* verdict, std::uint32_t case_index,
           double case_weight, const CorpusReader& reader = {});

  std::size_t size() const { return cases.size(); }

  // One entry per sample.
  std::vector<std::uint32_t> cases;
  std::vector<std::uint32_t> repeats;
  std::vector<double> began_s;  ///< first token, else sent, since the run's start
  std::vector<record::Mark> marks;
  std::vector<double> scores;  ///< of graded samples, else kNone
  std::vector<double> weights;
  std::vector<Column> columns;  ///< parallel to sample_metrics()

  Spread gaps_ms;  ///< itl_ms over all fit samples
  std::uint64_t gap_samples = 0, gap_unfit = 0;
  std::optional<std::uint64_t> peak_memory_bytes;  ///< the greatest reading
  std::uint64_t memory_readings = 0;
  std::vector<double> claimed_decode_tps,
      claimed_prefill_ms;  ///< of answers that ended, where the engine tells
  std::uint64_t prompt_tokens = 0, prompt_samples = 0;
  std::optional<double> cost_usd;     ///< of the samples whose tokens the service counted
  std::uint64_t charged_samples = 0;  ///< those
  std::uint64_t sent_samples = 0;     ///< all that were sent, and so may cost something
  std::uint64_t only_scored = 0;      ///< samples that nothing decides, but that a check of weight 0 scored
  std::uint64_t tried_again = 0;      ///< samples that came after a try that failed
  std::map<std::string, std::uint64_t> failed_tries;  ///< record::cause_of → tries of them
  std::uint64_t longest_tokens = 0;                   ///< of one sample, prompt and answer together
  std::uint64_t longest_cut_prompt = 0;               ///< tokens of a prompt whose answer the context cut
  double hottest = 0;                                 ///< largest temperature that was asked for
  std::map<std::string, std::uint64_t> reasons, flags;
  std::map<std::string, std::uint64_t> unapplied;  ///< parameter → samples whose engine does not support it
  /// `metric:` of checks → for each case the weighted sum of its scores, over the weights. May be shorter
  /// than there are cases.
  std::map<std::string, std::vector<RatioTerm>> named;
  Across across;
  CorpusData corpus;

 private:
  void add_verdict(const record::Sample& sample, const record::Verdict* verdict, std::uint32_t case_index,
                   double case_weight);
  void add_metrics(const record::Sample& sample);
  void add_claims(const record::Sample& sample);
  void add_cost(const record::Sample& sample);
  void add_attempts(const record::Sample& sample);
  bool fit(const record::Sample& sample, const record::MetricSpec& metric) const;

  int parallel_;
  record::PrefillBasis basis_;
  std::optional<record::Price> price_;
};

}  // namespace assay::stats
