// Scores over the whole corpus of a row: the counts that evaluators keep of each sample are summed, and one
// score is taken of the sums. Here with their standard errors, and compared in pairs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "record/verdict.h"
#include "stats/bootstrap.h"

namespace assay::stats {

class CaseTable;
struct CorpusFigure;
struct Difference;

/// How sums become a score. Most measures have one; ifeval has four.
struct CorpusFormula {
  std::string part;  ///< "prompt strict"; empty: the only one
  ScoreOfSums score;
  /// What stands above and below the line, where the score is such a ratio (wer, cer); empty: it is none.
  std::function<RatioTerm(std::span<const double> counts)> ratio{};
  bool lower_is_better = false;
  double lowest = 0;                ///< no interval goes below
  std::optional<double> highest{};  ///< nor above
};

/// The counts of one sample, as an evaluator stores them.
struct CorpusCounts {
  std::string kind;       ///< bleu, wer, …
  std::string signature;  ///< samples of different ones are different measures
  std::vector<double> numbers;
};

/// What only evaluators know of their counts. stats/ must not include them, so whoever makes a summary hands
/// it over (evaluator/corpus.h).
struct CorpusReader {
  /// Absent: null, or what another version stored and this one cannot read.
  std::function<std::optional<CorpusCounts>(const Json& counts)> read;
  /// Of counts that `read` took.
  std::function<std::vector<CorpusFormula>(const Json& counts)> formulas;
};

/// The corpus scores of one row.
/// Memory   8 bytes for each number and case: about 100 bytes per case for BLEU, 32 for WER.
class CorpusData {
 public:
  /// Only assertions that passed or failed count. In any order of samples.
  void add(std::uint32_t case_index, const record::Verdict& verdict, const CorpusReader& reader);

  /// By name, then signature.
  std::vector<CorpusFigure> figures(const CaseTable& cases) const;

  /// Two rows by every score that both have with one signature, over the cases that both have: paired
  /// bootstrap of the difference of the two scores, clusters drawn whole. Rows and words are left to the
  /// caller. Scores of several parts (ifeval) are not compared: accuracy says it.
  static std::vector<Difference> compare(const CorpusData& a, const CorpusData& b, const CaseTable& cases);

 private:
  struct Key {
    std::string name;
    std::string signature;
    auto operator<=>(const Key&) const = default;
  };
  struct Box {
    std::string kind;
    std::vector<CorpusFormula> formulas;
    std::size_t width = 0;
    std::uint64_t samples = 0;
    std::vector<std::int32_t> slots;  ///< by case: its row in `counts`; −1 or beyond the end: none
    CountTable counts;                ///< a case's repeats are added up

    bool has(std::uint32_t case_index) const;
    std::span<const double> of(std::uint32_t case_index) const;
    void add(std::uint32_t case_index, const std::vector<double>& numbers);
  };

  static CorpusFigure figure_of(const Key& key, const Box& box, const CorpusFormula& formula,
                                const CaseTable& cases);
  static std::optional<Difference> compare(const Key& key, const Box& a, const Box& b,
                                           const CaseTable& cases);

  std::map<Key, Box> boxes_;
};

}  // namespace assay::stats
