// Picks the next token from the engine's scores, as the request's parameters say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <llama.h>

#include "outcome.h"
#include "record/params.h"

namespace assay::llama {

/// The request parameters, checked. A parameter of another name is not in here; `effective` says so.
struct Sampling {
  double temperature = 0;  ///< 0: greedy
  double top_p = 1;        ///< 1: off
  std::int64_t top_k = 0;  ///< 0: off
  double min_p = 0;        ///< 0: off
  double repeat_penalty = 1;
  std::optional<std::uint32_t> seed;
  std::optional<std::uint32_t> max_tokens;
  std::vector<std::string> stops;
  std::optional<bool> think;
  std::string grammar;  ///< GBNF, also made from a JSON schema; empty: none
};

/// Errors: bad_request, not_supported. Fills `effective` with every parameter that was asked for, and with
/// those of the sampler that was built. A null value means: not in force, because greedy decoding has no use
/// for it.
Outcome<Sampling> read_sampling(const record::Params& params, record::EffectiveParams& effective);

class Sampler {
 public:
  /// Errors: bad_request when the grammar cannot be read.
  static Outcome<Sampler> make(const llama_vocab* vocab, const Sampling& sampling);

  /// The prompt counts for the repeat penalty.
  void accept_prompt(std::span<const llama_token> tokens);
  /// `logits`: one score per token of the vocabulary. LLAMA_TOKEN_NULL when no token can be picked (scores
  /// that are no numbers, or a grammar that allows nothing).
  llama_token pick(const float* logits);

 private:
  struct Free {
    void operator()(llama_sampler* sampler) const { llama_sampler_free(sampler); }
  };
  using Owned = std::unique_ptr<llama_sampler, Free>;

  Sampler() = default;
  llama_token pick_with(const float* logits, bool grammar_first);

  std::int32_t vocab_size_ = 0;
  bool argmax_only_ = false;  ///< greedy without penalty, grammar or suppressed tokens: no chain is needed
  bool remembers_ = false;    ///< the chain looks at earlier tokens
  Owned chain_;
  Owned grammar_;
  std::vector<llama_token_data> candidates_;
};

/// Index of the greatest score, the first of equals, as the engine's greedy sampler picks. -1 when none is
/// above minus infinity. Scores that are no numbers never win.
std::int32_t argmax(const float* scores, std::int32_t count);

}  // namespace assay::llama
