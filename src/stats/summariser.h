// The front door: samples of one run, one by one, in any order → Summary.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "stats/corpus.h"
#include "stats/summary.h"

namespace assay::stats {

/// What a summary needs to know of a case and no sample says.
struct CaseFacts {
  std::string id;
  std::string cluster;        ///< cases of one cluster are not independent; empty: its own
  double weight = 1;          ///< in the mean score only, never in accuracy
  std::string rotation_of{};  ///< cases that ask one question with its choices in every order; empty: none
};

struct SummaryOptions {
  /// All cases of the run, in the suite's order. May be empty: then every case stands for itself with
  /// weight 1.
  std::vector<CaseFacts> cases;
  /// The suite's parameters, under those of models and cells: for the note on temperature. Samples that were
  /// read without texts have no `requested` to tell it.
  record::Params params;
  /// Below this decode speed a model is noted as not usable interactively.
  double dead_zone_tps = 10;
  /// Only these models are compared, by index; empty: every two. For runs set beside each other, where a
  /// model is compared with itself and not with the others.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> only_pairs{};
  /// Reads the counts that evaluators keep; without it there are no corpus scores.
  CorpusReader corpus{};
};

/// Order     of add() does not matter to any number.
/// Memory    about 130 bytes per sample and up to 250 KB per row; with what finish() needs, 28 MB at 100,000
///           samples.
/// Time      finish() takes about 0.2 s for 100,000 samples; 120 rows or 50 models together about 1 s.
/// Thread    one at a time.
/// Lifetime  `run` outlives the Summariser. finish() reads its models' load times and memory, so a live run
///           may still fill them in while samples arrive.
class Summariser {
 public:
  explicit Summariser(const record::Run& run, SummaryOptions options = {});
  ~Summariser();
  Summariser(Summariser&&) noexcept;
  Summariser& operator=(Summariser&&) noexcept;

  /// `verdict` is nullptr when nobody has judged the sample: then an engine's error counts as error, tokens
  /// that flowed to the time limit as incomplete, and any other answer as ungraded.
  void add(const record::Sample& sample, const record::Verdict* verdict);

  /// May be called again after more samples.
  Summary finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::stats
