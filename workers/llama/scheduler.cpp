#include "scheduler.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine_log.h"

namespace assay::llama {
namespace {

// How long tokens may wait to be told. Long enough that telling costs nothing, short enough for a live
// display.
constexpr Nanos kTellEvery = std::chrono::milliseconds{50};

}  // namespace

Scheduler::Scheduler(Engine& engine, Send send)
    : engine_(engine),
      send_(std::move(send)),
      batch_(llama_batch_ext_init(engine.context())),
      places_(static_cast<std::size_t>(engine.parallel() + engine.kept())) {
  for (llama_seq_id id = engine.parallel() + engine.kept() - 1; id >= 0; --id) free_sequences_.push_back(id);
}

Outcome<void> Scheduler::add(const wire::Generate& request) {
  Slot::Start start;
  start.id = request.id;
  start.reuse_prefix = request.reuse_prefix && engine_.kept() > 0;
  Outcome<Sampling> sampling = read_sampling(request.params, start.effective);
  if (!sampling) return tl::unexpected(sampling.error());
  start.sampling = std::move(*sampling);

  if (request.raw) {
    start.prompt.text = *request.raw;
    start.prompt.tokens = tokenize(engine_.vocab(), *request.raw);
  } else {
    Outcome<Prompt> prompt = engine_.chat().render(request.messages, start.sampling.think);
    if (!prompt) return tl::unexpected(prompt.error());
    start.prompt = std::move(*prompt);
  }
  if (start.sampling.think && (request.raw || !engine_.chat().can_think()))
    start.effective["think"] = {nullptr, record::Applied::not_supported};

  const std::uint32_t room = engine_.context_per_request();
  const std::size_t size = start.prompt.tokens.size();
  if (size == 0) return trouble("bad_request", "the prompt has no tokens");
  if (size >= room)
    return trouble("context",
                   fmt::format("the prompt has {} tokens and the context is {}: none is left for an answer; "
                               "load with a longer context or shorten the prompt",
                               size, room));
  // The last token is told without being decoded, so it needs no place.
  const auto most = static_cast<std::uint32_t>(room - size + 1);
  start.max_tokens = std::min(start.sampling.max_tokens.value_or(most), most);
  // Also where more was asked for: what is in force is what the context leaves.
  start.effective["max_tokens"] = {start.max_tokens, record::Applied::verified};

  Outcome<Sampler> sampler = Sampler::make(engine_.vocab(), start.sampling);
  if (!sampler) return tl::unexpected(sampler.error());
  waiting_.push_back({std::move(start), std::move(*sampler)});
  return {};
}

void Scheduler::admit() {
  // As many as run at once take about the time of one answer.
  const auto most = static_cast<std::size_t>(engine_.parallel());
  admit_in_turn(waiting_, most,
                [&](Waiting& one) { return active_.size() < most ? admit(one) : Admission::full; });
}

Admission Scheduler::admit(Waiting& waiting) {
  std::optional<Beginning> beginning;
  if (waiting.start.reuse_prefix) beginning = beginning_for(waiting.start);
  if (beginning && !beginning->ready) return Admission::waits;
  // The copy comes first: making room may drop the prompt that is copied from.
  if (free_sequences_.empty()) {
    const std::optional<llama_seq_id> dropped = kept_.drop();
    if (!dropped) return Admission::waits;
    forget(*dropped);
    return admit(waiting);
  }
  const llama_seq_id sequence = free_sequences_.back();
  free_sequences_.pop_back();
  const std::size_t shared = beginning ? beginning->shared : 0;
  if (beginning) {
    llama_memory_seq_cp(llama_get_memory(engine_.context()), beginning->sequence, sequence, 0,
                        static_cast<llama_pos>(shared));
    places_.share(static_cast<std::size_t>(beginning->sequence), static_cast<std::size_t>(sequence), shared);
  }
  if (!make_room(waiting.start.places() - shared)) {
    forget(sequence);
    return Admission::waits;
  }
  places_.take(static_cast<std::size_t>(sequence), waiting.start.places() - shared);
  active_.push_back(std::make_unique<Slot>(engine_.vocab(), sequence, std::move(waiting.start),
                                           std::move(waiting.sampler)));
  if (beginning) active_.back()->begins_with(beginning->shared);
  return Admission::admitted;
}

/// Where the longest beginning of the prompt lies, or will lie soon.
std::optional<Scheduler::Beginning> Scheduler::beginning_for(const Slot::Start& start) {
  const std::vector<llama_token>& prompt = start.prompt.tokens;
  // The last token is computed in any case: its scores are what the answer begins with.
  const std::span<const llama_token> sharable(prompt.data(), prompt.size() - 1);
  Beginning best;
  if (const std::optional<KeptPrompts::Found> kept = kept_.find(sharable))
    best = {kept->sequence, kept->shared, true};
  for (const std::unique_ptr<Slot>& slot : active_) {
    if (!slot->start().reuse_prefix) continue;
    const std::size_t shared = common_beginning(slot->start().prompt.tokens, sharable);
    const bool ready = static_cast<std::size_t>(slot->position()) >= shared;
    if (shared > best.shared || (shared == best.shared && ready && !best.ready))
      best = {slot->sequence(), shared, ready};
  }
  if (best.shared < kLeastShared) return std::nullopt;
  return best;
}

/// Whether so many more tokens fit beside what runs, kept prompts given up where they must. Every request has
/// been promised its longest answer, so the engine never meets a full cache.
bool Scheduler::make_room(std::size_t more) {
  if (engine_.kept() == 0) return true;  // each request has its own part
  while (places_.taken() + more > engine_.context_of_all()) {
    const std::optional<llama_seq_id> dropped = kept_.drop();
    if (!dropped) return false;
    forget(*dropped);
  }
  return true;
}

void Scheduler::forget(llama_seq_id sequence) {
  llama_memory_seq_rm(llama_get_memory(engine_.context()), sequence, -1, -1);
  places_.clear(static_cast<std::size_t>(sequence));
  free_sequences_.push_back(sequence);
}

void Scheduler::add_to_batch(Slot& slot, llama_token token, llama_pos position, bool wants_scores) {
  const std::int32_t at = llama_batch_ext_add_token(batch_.get(), slot.sequence(), token);
  llama_batch_ext_set_pos(batch_.get(), at, &position);
  if (!wants_scores) return;
  llama_batch_ext_set_output_logits(batch_.get(), at, true);
  slot.batch_index = at;
}

void Scheduler::fill_batch() {
  llama_batch_ext_clear(batch_.get());
  std::size_t left = engine_.step_tokens();
  for (const std::unique_ptr<Slot>& slot : active_) {  // those that generate first: they must not wait
    slot->batch_index = -1;
    if (slot->in_prefill() || left == 0) continue;
    add_to_batch(*slot, slot->last_token(), slot->position(), true);
    slot->decoded(1);
    --left;
  }
  for (const std::unique_ptr<Slot>& slot : active_) {
    if (!slot->in_prefill() || left == 0) continue;
    const std::span<const llama_token> rest = slot->prompt_rest();
    const std::size_t count = std::min(left, rest.size());
    const llama_pos begin = slot->position();
    if (!slot->prefill_began()) slot->prefill_begins(clock_.now());
    for (std::size_t i = 0; i < count; ++i)
      add_to_batch(*slot, rest[i], begin + static_cast<llama_pos>(i), i + 1 == rest.size());
    slot->decoded(count);
    left -= count;
  }
}

void Scheduler::step() {
  admit();
  if (active_.empty()) return;
  fill_batch();
  const std::int32_t status = llama_process(engine_.context(), LLAMA_PROCESS_TYPE_DECODE, batch_.get());
  if (status != 0) {
    const std::string words = status == 1 ? "the engine found no room in its cache"
                                          : fmt::format("the engine failed with status {}", status);
    return fail_all_in_step({"engine", with_complaints(words)});
  }
  llama_synchronize(engine_.context());
  after_decode(clock_.now());
}

void Scheduler::after_decode(Nanos at) {
  for (std::size_t i = 0; i < active_.size();) {
    Slot& slot = *active_[i];
    if (slot.started_is_due()) {
      send_(slot.take_started());
      slot.told_at = at;
    }
    if (slot.batch_index < 0) {
      ++i;
      continue;
    }
    const Slot::Next next = slot.pick(llama_get_logits_ith(engine_.context(), slot.batch_index), at);
    const Nanos now = clock_.now();
    slot.sampling_time += now - at;
    if (next == Slot::Next::no_token) {
      send_(wire::Failed{
          .id = slot.id(),
          .reason = "engine",
          .message = with_complaints(
              "no token can be picked: the scores are no numbers, or the grammar allows nothing")});
      release(i, false);
    } else if (next == Slot::Next::ended) {
      finish(i, slot.finish());
    } else {
      if (now - slot.told_at >= kTellEvery) {
        tell(slot, false);
        slot.told_at = now;
      }
      ++i;
    }
  }
}

void Scheduler::tell(Slot& slot, bool last) {
  wire::Output output = slot.take_output(last);
  if (!output.events.empty() || !output.text.empty() || !output.reasoning.empty()) send_(std::move(output));
}

void Scheduler::finish(std::size_t index, const std::string& how) {
  Slot& slot = *active_[index];
  const Nanos at = clock_.now();
  tell(slot, true);
  send_(slot.done(how, at));
  release(index, true);
}

void Scheduler::release(std::size_t index, bool keep) {
  const std::unique_ptr<Slot> slot = std::move(active_[index]);
  active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(index));
  const std::vector<llama_token>& prompt = slot->start().prompt.tokens;
  if (keep && slot->start().reuse_prefix && !slot->in_prefill() && !kept_.covers(prompt)) {
    llama_memory_seq_rm(llama_get_memory(engine_.context()), slot->sequence(),
                        static_cast<llama_pos>(prompt.size()), -1);
    places_.cut(static_cast<std::size_t>(slot->sequence()), prompt.size());
    kept_.keep(slot->sequence(), prompt);
  } else {
    forget(slot->sequence());
  }
}

void Scheduler::fail_all_in_step(const Trouble& why) {
  while (!active_.empty()) {
    send_(wire::Failed{.id = active_.back()->id(), .reason = why.reason, .message = why.message});
    release(active_.size() - 1, false);
  }
  while (const std::optional<llama_seq_id> dropped = kept_.drop()) forget(*dropped);
}

bool Scheduler::cancel(wire::Id target) {
  for (std::size_t i = 0; i < active_.size(); ++i)
    if (active_[i]->id() == target) {
      finish(i, "cancelled");
      return true;
    }
  const auto at =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& w) { return w.start.id == target; });
  if (at == waiting_.end()) return false;
  waiting_.erase(at);
  send_(cancelled_unanswered(target, clock_.now()));
  return true;
}

void Scheduler::cancel_all() {
  while (!active_.empty()) cancel(active_.back()->id());
  while (!waiting_.empty()) cancel(waiting_.back().start.id);
}

}  // namespace assay::llama
