// From the texts of a `score` to tokens: where the prompt ends and a continuation begins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <llama.h>

#include "engine.h"
#include "outcome.h"
#include "record/choice_score.h"
#include "record/params.h"
#include "wire/messages.h"

namespace assay::llama {

/// One continuation with its prompt.
struct Continuation {
  std::vector<llama_token> tokens;  ///< of prompt and continuation, encoded together
  std::size_t begin = 0;            ///< the first token whose probability counts: as many as the prompt has
  /// Leading tokens that the prompt's own encoding has too. Below `begin` when a token reaches over the end
  /// of the prompt.
  std::size_t shared = 0;
  std::size_t next = 0;  ///< the first token that is not decoded yet
  record::ChoiceScore score;
};

struct ScoreJob {
  wire::Id id = 0;
  Prompt prompt;
  record::EffectiveParams effective;
  std::vector<Continuation> continuations;
  bool reuse_prefix = false;

  /// Tokens of the longest continuation with its prompt.
  std::size_t longest() const;
  /// Places in the engine's memory when `rows` tokens of continuations stand in one batch, at most.
  std::size_t places(std::size_t rows) const;
};

/// docs/wire.md, "Scores": prompt and continuation are encoded together and cut at the length of the prompt's
/// own encoding; white space at the end of a raw prompt goes to the continuations.
/// Errors: bad_request (no tokens, a template that refuses or that lets the model think, two begin tokens),
/// context.
Outcome<ScoreJob> read_score(const Engine& engine, const wire::Score& request);

}  // namespace assay::llama
