// The log-probabilities that a server says its tokens had, in the forms that servers use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/json.h"
#include "record/params.h"

namespace assay::backend {

/// The parameter `logprobs` of a request: alternatives for each token. Absent: none are asked for.
std::optional<std::uint32_t> wanted_logprobs(const record::Params& params);

class Logprobs {
 public:
  Logprobs() = default;
  explicit Logprobs(std::optional<std::uint32_t> wanted) : wanted_(wanted) {}

  bool wanted() const { return wanted_.has_value(); }
  /// [{token, logprob, bytes, top_logprobs: [the same]}, …]: OpenAI's chat route under `content`, Ollama.
  /// `event`: the place in the answer's token events of the one that they came with, absent when they came
  /// without text, or with an answer in one piece.
  void take_list(const Json& list, std::optional<std::size_t> event);
  /// What stands under `logprobs` in a choice: {content: list}, or as the completions route has it
  /// {tokens, token_logprobs, top_logprobs: [{token: logprob, …}, …]}.
  void take_choice(const Json& logprobs, std::optional<std::size_t> event);

  /// [{token, logprob, top: [{token, logprob}, …], event}, …] of all tokens; null when none came. `bytes`
  /// beside a token whose text is not its bytes (a part of a character).
  Json told() const { return told_; }
  /// verified when some came, not_supported when none did. Nothing when none were asked for.
  record::EffectiveParams effective() const;

 private:
  void add(Json entry, Json top, std::optional<std::size_t> event);

  std::optional<std::uint32_t> wanted_;
  Json told_;
};

}  // namespace assay::backend
