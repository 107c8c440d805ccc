// How long a decode step of several sequences takes: what the number of answers at once is chosen by.
#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "engine_log.h"
#include "scheduler.h"

namespace assay::llama {
namespace {

constexpr std::uint64_t kSeed = 20;

}  // namespace

/// The very steps of answers that run together: the same context, batch and threads, and a pick for each
/// sequence. Only what they decode is of no use to anybody: random tokens at first, then what follows them.
Outcome<std::vector<Nanos>> Scheduler::time_steps(const wire::Steps& request) {
  if (Outcome<void> fine = check_steps(request); !fine) return tl::unexpected(fine.error());
  // Kept beginnings are dropped only where they are in the way.
  while (free_sequences_.size() < request.streams) {
    const std::optional<llama_seq_id> dropped = kept_.drop();
    if (!dropped) return trouble("internal", "fewer sequences are free than streams were loaded for");
    forget(*dropped);
  }
  if (!make_room(std::size_t{request.streams} * (request.count + 1)))
    return trouble("context", "the context has no room for so many steps");
  Outcome<Sampler> sampler = Sampler::make(engine_.vocab(), {});
  if (!sampler) return tl::unexpected(sampler.error());

  const std::vector<llama_seq_id> sequences(free_sequences_.end() - request.streams, free_sequences_.end());
  Outcome<std::vector<Nanos>> steps = timed_steps(sequences, request.count, *sampler);
  for (const llama_seq_id sequence : sequences)
    llama_memory_seq_rm(llama_get_memory(engine_.context()), sequence, -1, -1);
  return steps;
}

Outcome<void> Scheduler::check_steps(const wire::Steps& request) const {
  constexpr std::uint32_t kMostSteps = 64;
  if (request.streams < 1 || request.streams > static_cast<std::uint32_t>(engine_.parallel()))
    return trouble("bad_request", fmt::format("streams is {}; the model was loaded for 1 to {}",
                                              request.streams, engine_.parallel()));
  if (request.count < 1 || request.count > kMostSteps || request.count >= engine_.context_per_request())
    return trouble("bad_request",
                   fmt::format("count is {}; expected 1 to {}, and less than the context of {}",
                               request.count, kMostSteps, engine_.context_per_request()));
  return {};
}

/// One step more than is told: the first of a size builds the engine's graph for it.
Outcome<std::vector<Nanos>> Scheduler::timed_steps(const std::vector<llama_seq_id>& sequences,
                                                   std::uint32_t count, Sampler& sampler) {
  SplitMix64 random(kSeed);
  const auto size = static_cast<std::uint64_t>(llama_vocab_n_tokens(engine_.vocab()));
  std::vector<llama_token> tokens(sequences.size());
  for (llama_token& token : tokens) token = static_cast<llama_token>(random.below(size));
  std::vector<Nanos> steps;
  for (std::uint32_t step = 0; step <= count; ++step) {
    const Nanos begin = clock_.now();
    llama_batch_ext_clear(batch_.get());
    const auto position = static_cast<llama_pos>(step);
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      const std::int32_t at = llama_batch_ext_add_token(batch_.get(), sequences[i], tokens[i]);
      llama_batch_ext_set_pos(batch_.get(), at, &position);
      llama_batch_ext_set_output_logits(batch_.get(), at, true);
    }
    clear_engine_log();
    const std::int32_t status = llama_process(engine_.context(), LLAMA_PROCESS_TYPE_DECODE, batch_.get());
    if (status != 0)
      return trouble(engine_ran_out_of_memory() ? "engine_oom" : "engine",
                     with_complaints(fmt::format("the engine failed with status {} in a step of {} streams",
                                                 status, sequences.size())));
    llama_synchronize(engine_.context());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const llama_token next =
          sampler.pick(llama_get_logits_ith(engine_.context(), static_cast<std::int32_t>(i)));
      if (next != LLAMA_TOKEN_NULL) tokens[i] = next;
    }
    if (step > 0) steps.push_back(clock_.now() - begin);
  }
  return steps;
}

}  // namespace assay::llama
