// Scores of all answers to a case together, where a pipeline ends with first-k or majority: self-consistency,
// "maj@k". Counted from the stored verdicts, so neither a model nor an evaluator is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/verdict.h"
#include "stats/across_record.h"
#include "stats/interval.h"

namespace assay::stats {

class CaseTable;
class RowData;

/// One such score of one row.
struct AcrossFigure {
  std::string name;      ///< as a corpus figure's: the check's metric or type; of a later pipeline its name
  std::string pipeline;  ///< whose texts were counted; empty: it is about verdicts
  std::string rule;      ///< "majority of 8", "majority", "first 8", "every rotation right"
  /// Mean over cases, cut to 0..1: majority: the score of the text that most answers give; first: the mean of
  /// the first k scores. Absent when no case has enough answers.
  std::optional<MeanEstimate> score;
  std::uint64_t left_out = 0;  ///< cases with fewer graded answers than the rule asks for; not padded
  std::uint64_t ties = 0;      ///< majority: cases where another text had as many; the earliest text counts
  std::uint64_t silent = 0;    ///< majority: cases where no answer gave a text; they score 0
};

/// "circular": a question counts when every rotation of its choices was answered right; with repeats the mean
/// over them. One wrong answer decides; without one, a missing verdict leaves the repeat out, and a question
/// without any repeat is left out. Absent when no case is a rotation. Source  Liu 2023, MMBench
/// (CircularEval).
std::optional<AcrossFigure> every_rotation(const RowData& data, const CaseTable& cases);

/// The answers of one row.
/// Memory   40 bytes for each sample and check of such a pipeline, nothing for others.
class Across {
 public:
  /// Only graded assertions count. In any order of samples. `records`: across_records(verdict).
  void add(std::uint32_t case_index, std::uint32_t repeat, const record::Verdict& verdict,
           const std::vector<AcrossRecord>& records);
  /// In the order of pipelines' and names' bytes.
  std::vector<AcrossFigure> figures(const CaseTable& cases) const;
  /// Samples that do not count because the store does not say what they gave in the way that an evaluator
  /// does.
  std::uint64_t unreadable() const { return unreadable_; }

 private:
  struct Key {
    std::string pipeline, name, type;
    auto operator<=>(const Key&) const = default;
  };
  struct Answer {
    std::uint32_t case_index = 0;
    std::uint32_t repeat = 0;
    std::optional<std::uint64_t> text;  ///< what stands for the text; absent: it gave none, and has no vote
    double score = 0;
  };
  struct Box {
    AcrossRule rule;
    std::vector<Answer> answers;
  };
  struct Outcome;

  static Outcome outcome_of(const AcrossRule& rule, std::vector<Answer> answers);
  static AcrossFigure figure_of(const Key& key, const Box& box, const CaseTable& cases);
  static std::string rule_text(const AcrossRule& rule);

  std::map<Key, Box> boxes_;
  std::uint64_t unreadable_ = 0;
  std::vector<Answer> wordless_;  ///< wrong before any check: an empty answer
};

}  // namespace assay::stats
