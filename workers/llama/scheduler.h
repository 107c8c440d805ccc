// Decodes all requests in flight together: each step holds one token of every request that generates and
// pieces of the prompts of those that begin.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llama.h>

#include "base/clock.h"
#include "cache_places.h"
#include "engine.h"
#include "kept_prompts.h"
#include "outcome.h"
#include "slot.h"
#include "turns.h"
#include "wire/messages.h"

namespace assay::llama {

/// Shared   a request that says so takes the beginning of its prompt from a running request or from a kept
/// prompt
///          that begins alike; while such a request is still computing that beginning, it waits for it.
/// Thread   one.
/// Order    a request that finds all slots busy waits for its turn, first come first served. One that finds
/// no
///          room is passed by as many shorter ones as may run at once, then they wait for it (turns.h).
class Scheduler {
 public:
  using Send = std::function<void(const wire::Reply&)>;

  Scheduler(Engine& engine, Send send);

  bool busy() const { return !active_.empty() || !waiting_.empty(); }
  /// Errors: bad_request, context, not_supported.
  Outcome<void> add(const wire::Generate& request);
  /// False when no such request is in flight.
  bool cancel(wire::Id target);
  void cancel_all();
  /// How long each step of so many sequences takes (wire::Steps). Errors: bad_request, context, engine.
  Outcome<std::vector<Nanos>> time_steps(const wire::Steps& request);
  /// One decode of the engine. Sends what is due. Failures of the engine end the requests that took part.
  void step();

 private:
  struct Waiting {
    Slot::Start start;
    Sampler sampler;
    std::size_t passed = 0;  ///< requests that came later and were admitted before it
  };

  struct Beginning {
    llama_seq_id sequence = -1;
    std::size_t shared = 0;
    bool ready = true;  ///< false: it is being computed
  };

  void admit();
  Admission admit(Waiting& waiting);
  std::optional<Beginning> beginning_for(const Slot::Start& start);
  bool make_room(std::size_t more);
  void forget(llama_seq_id sequence);
  void fill_batch();
  Outcome<void> check_steps(const wire::Steps& request) const;
  Outcome<std::vector<Nanos>> timed_steps(const std::vector<llama_seq_id>& sequences, std::uint32_t count,
                                          Sampler& sampler);
  void add_to_batch(Slot& slot, llama_token token, llama_pos position, bool wants_scores);
  void after_decode(Nanos at);
  void tell(Slot& slot, bool last);
  void finish(std::size_t index, const std::string& how);
  void fail_all_in_step(const Trouble& why);
  /// `keep`: its prompt may serve others.
  void release(std::size_t index, bool keep);

  Engine& engine_;
  Send send_;
  SystemClock clock_;
  std::unique_ptr<llama_batch_ext, FreeBatch> batch_;
  std::vector<std::unique_ptr<Slot>> active_;
  std::vector<Waiting> waiting_;
  std::vector<llama_seq_id> free_sequences_;
  KeptPrompts kept_;
  CachePlaces places_;  ///< what each sequence holds or has been promised
};

}  // namespace assay::llama
