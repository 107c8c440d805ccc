// What an evaluator says of a sample. Stored in layers: grading again adds one and keeps the old.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace assay::record {

/// Only pass and fail enter accuracy; the others are coverage, printed beside it.
enum class Mark { pass, fail, error, incomplete, ungraded };
std::string_view name_of(Mark mark);
/// The inverse of name_of(). Absent for any other word.
std::optional<Mark> mark_from(std::string_view name);

/// One assertion's say.
struct AssertionResult {
  std::string type;      ///< "numeric@1", "not-contains@1"
  std::string pipeline;  ///< whose text it looked at
  std::string metric;    ///< named score, or empty
  Mark mark = Mark::ungraded;
  std::optional<double> score;  ///< 0..1; absent when there is none
  double weight = 1;
  std::string
      reason;  ///< the reason word (mismatch, no_answer, …) when it did not pass, then ": " and a sentence
  bool operator==(const AssertionResult&) const = default;
};
/// By what a score over many samples goes: the metric, else the type: "bleu" of "bleu@1".
std::string shown_name(const AssertionResult& assertion);

struct Verdict {
  Mark mark = Mark::ungraded;
  std::optional<double> score;
  std::string reason;     ///< reason word of docs/measurement.md, "Verdicts"; empty on pass
  std::string detail;     ///< sentence for people
  std::string extracted;  ///< the text that the primary pipeline gave
  std::vector<AssertionResult> assertions;
  /// How the text came to be: {"reasoning": {span, how, filter, closed}, "pipelines": {name: {steps,
  /// extracted}}, "choices": [{label, text, log_likelihood, tokens, bytes, greedy, per_character, per_byte}]
  /// where choices were scored}
  Json steps;
  std::vector<std::string> flags;
  bool operator==(const Verdict&) const = default;
};

Json to_json(const Verdict& verdict);
Verdict verdict_from_json(const Json& object);

}  // namespace assay::record
