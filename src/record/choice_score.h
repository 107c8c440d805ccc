// How likely a model finds each choice of a case: what a trial by log-likelihood leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "record/value.h"

namespace assay::record {

/// One continuation of a prompt. The token boundary between them is that of docs/wire.md, "Scores".
struct ChoiceScore {
  double log_likelihood = 0;  ///< Σ ln p(token | prompt, earlier tokens of the continuation); natural, ≤ 0
  std::uint32_t tokens = 0;   ///< at least 1
  std::uint32_t bytes = 0;    ///< of the continuation as it was sent
  bool greedy = false;        ///< each of its tokens was the likeliest one
  bool inside_token = false;  ///< one token holds the end of the prompt and the beginning of the continuation
  bool operator==(const ChoiceScore&) const = default;
};

Json to_json(const ChoiceScore& score);
/// Absent when a member is missing, of another type or out of range, or one is not known.
std::optional<ChoiceScore> choice_score_from(const Json& object);

/// A continuation and what it scored.
struct ScoredChoice {
  std::string text;
  ChoiceScore score;
  bool operator==(const ScoredChoice&) const = default;
};

/// A sample's `finish` when its choices were scored; its `output` is then scores_text().
inline constexpr std::string_view kScored = "scored";
/// {"choices": [{"text", "log_likelihood", "tokens", "bytes", "greedy"}, …]}, in the order of the case.
std::string scores_text(const std::vector<ScoredChoice>& choices);
/// The inverse. Absent when the text is anything else.
std::optional<std::vector<ScoredChoice>> scores_from(std::string_view output);

/// The evaluator that judges by these figures.
inline constexpr std::string_view kLogLikelihood = "loglikelihood";
/// What a case's choice adds to the prompt, without the delimiter: its text, or its label where it has only
/// that. White space of ASCII around it does not count.
std::string choice_text(const Value& choice);

}  // namespace assay::record
