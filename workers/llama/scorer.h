// Log-likelihoods: how likely is each continuation of a prompt?
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <llama.h>

#include "base/clock.h"
#include "engine.h"
#include "outcome.h"
#include "score_request.h"
#include "thread_pool.h"
#include "wire/messages.h"

namespace assay::llama {

/// Answers `score`, one after another, in a context of its own (made for the first of them): the prompt is
/// decoded once, and the continuations as copies of its sequence, many tokens of many continuations in one
/// batch. What stands in a batch depends on the request alone, so a request gets the same figures whatever
/// else is asked.
/// Thread     one.
/// Lifetime   shorter than the engine's.
class Scorer {
 public:
  using Send = std::function<void(const wire::Reply&)>;

  Scorer(Engine& engine, Send send) : engine_(engine), send_(std::move(send)) {}

  bool busy() const { return !jobs_.empty(); }
  /// Errors: as read_score().
  Outcome<void> add(const wire::Score& request);
  /// False when no such request is in flight.
  bool cancel(wire::Id target);
  void cancel_all();
  /// One decode of the engine. Sends what is due. A failure of the engine ends the request.
  void step();

 private:
  /// Members are destroyed from below: the batch, the context, its threads.
  struct Place {
    ThreadPool threads;
    std::unique_ptr<llama_context, FreeContext> context;
    std::unique_ptr<llama_batch_ext, FreeBatch> batch;
  };
  /// A row of scores that a batch gives, and the token whose probability is read from it.
  struct Wanted {
    std::size_t continuation = 0;
    std::size_t token = 0;
    std::int32_t batch_index = 0;
  };

  Outcome<void> begin(const ScoreJob& job);
  Outcome<void> make_place(std::size_t tokens);
  Outcome<void> decode_prompt(ScoreJob& job);
  Outcome<void> decode_continuations(ScoreJob& job);
  void open_sequence(const Continuation& one, std::size_t index);
  Outcome<void> decode();
  Outcome<void> read(Continuation& one, std::size_t token, const float* scores);
  std::int32_t add_token(llama_seq_id sequence, llama_token token, std::size_t position, bool wants_scores);
  void end(bool keep);

  Engine& engine_;
  Send send_;
  SystemClock clock_;
  std::unique_ptr<Place> place_;
  std::size_t rows_ = 0;  ///< most tokens of continuations in one batch
  std::deque<ScoreJob> jobs_;
  // Of the first job:
  bool begun_ = false;
  bool told_ = false;
  Nanos began_at_{0};
  std::size_t decoded_ = 0;        ///< tokens of the prompt that lie in sequence 0
  std::size_t cached_ = 0;         ///< of them, those of an earlier request
  std::vector<llama_token> kept_;  ///< what sequence 0 holds between two requests
};

}  // namespace assay::llama
