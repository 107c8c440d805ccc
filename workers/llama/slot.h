// One request in flight: its sequence in the engine's memory, its sampler, and what it has not told yet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <llama.h>

#include "base/clock.h"
#include "prompt.h"
#include "sampler.h"
#include "text_stream.h"
#include "wire/messages.h"

namespace assay::llama {

class Slot {
 public:
  struct Start {
    wire::Id id = 0;
    Prompt prompt;
    Sampling sampling;
    record::EffectiveParams effective;
    std::uint32_t max_tokens = 0;  ///< at least 1
    bool reuse_prefix = false;     ///< may take and give the beginning of its prompt

    /// Places in the engine's memory, at most. The last token is told without being decoded.
    std::size_t places() const { return prompt.tokens.size() + max_tokens - 1; }
  };
  Slot(const llama_vocab* vocab, llama_seq_id sequence, Start start, Sampler sampler);

  wire::Id id() const { return start_.id; }
  llama_seq_id sequence() const { return sequence_; }

  // ---- what the next decode step needs ----
  const Start& start() const { return start_; }
  /// The first `count` tokens of the prompt lie in the sequence already.
  void begins_with(std::size_t count) { decoded_ = shared_ = count; }
  bool in_prefill() const { return decoded_ < start_.prompt.tokens.size(); }
  /// Tokens of the prompt that are still to be decoded.
  std::span<const llama_token> prompt_rest() const {
    return std::span(start_.prompt.tokens).subspan(decoded_);
  }
  /// Place of the next token in the sequence.
  llama_pos position() const { return static_cast<llama_pos>(decoded_); }
  /// The token that was picked last; it is decoded next.
  llama_token last_token() const { return last_; }

  // ---- what a step did ----
  bool prefill_began() const { return prefill_at_.count() != 0; }
  void prefill_begins(Nanos at) { prefill_at_ = at; }
  /// `count` tokens went through the engine.
  void decoded(std::size_t count) { decoded_ += count; }
  /// The message that prefill began; to be sent once.
  bool started_is_due() const { return !told_start_ && prefill_began(); }
  wire::Started take_started();

  /// Picks the next token from the scores, which were ready at `at`. Says whether the answer goes on. Cheap:
  /// no text is made, unless a stop string has to be looked for.
  enum class Next { goes_on, ended, no_token };
  Next pick(const float* logits, Nanos at);

  /// Tokens and text since the last call. Empty events when there is nothing to tell.
  wire::Output take_output(bool last);
  wire::Done done(std::string finish, Nanos at) const;
  const std::string& finish() const { return finish_; }

  Nanos told_at{0};               ///< when output was last sent
  Nanos sampling_time{0};         ///< spent in picking tokens, all together
  std::int32_t batch_index = -1;  ///< of the row of scores in this step; -1: none

 private:
  bool is_preserved(llama_token token) const;
  bool push_text(llama_token token);

  const llama_vocab* vocab_;
  llama_seq_id sequence_;
  Start start_;
  Sampler sampler_;
  TextStream text_;
  bool eager_text_;          ///< stop strings: each token's text is looked at as it comes
  std::size_t decoded_ = 0;  ///< tokens in the engine's memory
  std::size_t shared_ = 0;   ///< the first of them that were computed for another request
  llama_token last_ = LLAMA_TOKEN_NULL;
  Nanos prefill_at_{0};
  bool told_start_ = false;
  std::uint32_t output_tokens_ = 0;
  std::uint32_t reasoning_tokens_ = 0;
  std::vector<llama_token> unread_;         ///< picked, text not made yet
  std::vector<record::TokenEvent> events_;  ///< not told yet
  std::size_t kinds_told_ = 0;              ///< of events_, those whose kind is known
  std::string finish_;
};

}  // namespace assay::llama
