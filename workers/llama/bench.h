// Speed tests of the bare engine: what llama-bench does, with a stamp for every token.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <llama.h>

#include "engine.h"
#include "outcome.h"
#include "record/bench.h"
#include "thread_pool.h"
#include "wire/messages.h"

namespace assay::llama {

/// Makes one repetition at a time. Each kind of test has a context of its own, which stays for its next
/// repetition, so that the repetitions of several tests can be interleaved at no cost. The first repetition
/// in a context is preceded by a whole one that nobody sees.
/// Lifetime   shorter than the engine's.
class BenchStand {
 public:
  explicit BenchStand(Engine& engine) : engine_(engine) {}
  /// Errors: bad_request (no tokens, unknown cache type, options that the engine refuses), context (longer
  /// than the model was trained on), engine_oom, engine.
  Outcome<record::BenchAnswer> run(const wire::Bench& request);

 private:
  /// One kind of test. Members are destroyed from below: the batch, the context, its threads.
  struct Place {
    record::BenchTest test;
    ThreadPool threads;
    std::unique_ptr<llama_context, FreeContext> context;
    std::unique_ptr<llama_batch_ext, FreeBatch> batch;
    std::uint64_t bytes = 0;  ///< what the process grew by for it
    std::uint64_t repetitions = 0;
    bool warm = false;
  };
  /// The cache after `depth` tokens. The test that comes next with the same settings need not decode them
  /// again.
  struct Depth {
    record::BenchTest test;  ///< prompt and generate are 0
    std::uint64_t seed = 0;
    std::vector<std::uint8_t> state;
  };

  Outcome<Place*> place_for(const record::BenchTest& test);
  Outcome<void> fill_depth(Place& place, std::uint64_t seed);
  Outcome<record::BenchRepetition> repetition(Place& place, std::uint64_t seed);
  Outcome<void> decode_prompt(Place& place, std::uint32_t tokens, std::uint64_t seed);
  Outcome<void> decode(Place& place);
  void add(Place& place, llama_token token, llama_pos position, bool wants_scores);
  void make_room();

  Engine& engine_;
  std::vector<std::unique_ptr<Place>> places_;
  Depth depth_;
};

}  // namespace assay::llama
