#include "scorer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine_log.h"
#include "kept_prompts.h"
#include "score_row.h"

namespace assay::llama {
namespace {

// Sequence 0 is the prompt's, the others are those of continuations in the batch.
constexpr std::size_t kSequences = 33;
// Scores of one batch: a row per token. 64 MiB are 110 rows of a vocabulary of 150,000.
constexpr std::size_t kRowBytes = 64U << 20U;
constexpr std::size_t kLeastRows = 16;
constexpr std::size_t kMostRows = 256;
constexpr std::size_t kContextStep = 512;

}  // namespace

Outcome<void> Scorer::add(const wire::Score& request) {
  Outcome<ScoreJob> job = read_score(engine_, request);
  if (!job) return tl::unexpected(job.error());
  jobs_.push_back(std::move(*job));
  return {};
}

void Scorer::step() {
  if (jobs_.empty()) return;
  ScoreJob& job = jobs_.front();
  Outcome<void> done = begun_ ? Outcome<void>() : begin(job);
  if (done) done = decoded_ < job.prompt.tokens.size() ? decode_prompt(job) : decode_continuations(job);
  if (!done) {
    send_(wire::Failed{.id = job.id, .reason = done.error().reason, .message = done.error().message});
    return end(false);
  }
  if (!told_) {
    told_ = true;
    send_(wire::Started{.id = job.id,
                        .at = began_at_,
                        .prompt = job.prompt.text,
                        .prompt_tokens = static_cast<std::uint32_t>(job.prompt.tokens.size()),
                        .cached_prompt_tokens = static_cast<std::uint32_t>(cached_),
                        .effective = job.effective});
  }
  const auto complete = [](const Continuation& one) { return one.next + 1 >= one.tokens.size(); };
  if (decoded_ < job.prompt.tokens.size() ||
      !std::all_of(job.continuations.begin(), job.continuations.end(), complete))
    return;
  wire::Scored scored{.id = job.id, .at = clock_.now(), .choices = {}};
  for (const Continuation& one : job.continuations) scored.choices.push_back(one.score);
  send_(scored);
  end(true);
}

Outcome<void> Scorer::begin(const ScoreJob& job) {
  if (Outcome<void> made = make_place(job.places(kMostRows)); !made) return made;
  llama_memory_t memory = llama_get_memory(place_->context.get());
  cached_ = 0;
  if (job.reuse_prefix && !kept_.empty()) {
    // The last token is computed in any case: its scores are what the continuations begin with.
    const std::span<const llama_token> sharable(job.prompt.tokens.data(), job.prompt.tokens.size() - 1);
    const std::size_t shared = common_beginning(kept_, sharable);
    if (shared >= kLeastShared && llama_memory_seq_rm(memory, 0, static_cast<llama_pos>(shared), -1))
      cached_ = shared;
  }
  if (cached_ == 0) llama_memory_clear(memory, false);
  kept_.clear();
  decoded_ = cached_;
  told_ = false;
  begun_ = true;
  began_at_ = clock_.now();
  return {};
}

/// A context for so many tokens of prompt and continuations together; the one that is there serves when it is
/// long enough.
Outcome<void> Scorer::make_place(std::size_t tokens) {
  if (place_ != nullptr && llama_n_ctx(place_->context.get()) >= tokens) return {};
  place_.reset();
  kept_.clear();
  const auto row_bytes = sizeof(float) * static_cast<std::size_t>(llama_vocab_n_tokens(engine_.vocab()));
  rows_ = std::clamp(kRowBytes / row_bytes, kLeastRows, kMostRows);
  llama_context_params params = engine_.context_params();
  params.n_ctx = static_cast<std::uint32_t>((tokens + kContextStep - 1) / kContextStep * kContextStep);
  params.n_seq_max = static_cast<std::uint32_t>(kSequences);
  params.n_outputs_max = static_cast<std::uint32_t>(rows_);
  params.kv_unified = true;  // one cache: the prompt lies in it once, whoever continues it
  clear_engine_log();
  auto place = std::make_unique<Place>();
  place->context.reset(llama_init_from_model(engine_.model(), params));
  if (!place->context)
    return trouble(
        engine_ran_out_of_memory() ? "engine_oom" : "engine",
        with_complaints(fmt::format("the engine cannot make a context of {} tokens to score continuations",
                                    params.n_ctx)));
  place->threads.attach(place->context.get(), params.n_threads);
  place->batch.reset(llama_batch_ext_init(place->context.get()));
  place_ = std::move(place);
  return {};
}

std::int32_t Scorer::add_token(llama_seq_id sequence, llama_token token, std::size_t position,
                               bool wants_scores) {
  const std::int32_t at = llama_batch_ext_add_token(place_->batch.get(), sequence, token);
  const auto place = static_cast<llama_pos>(position);
  llama_batch_ext_set_pos(place_->batch.get(), at, &place);
  if (wants_scores) llama_batch_ext_set_output_logits(place_->batch.get(), at, true);
  return at;
}

Outcome<void> Scorer::decode() {
  llama_context* context = place_->context.get();
  const std::int32_t status = llama_process(context, LLAMA_PROCESS_TYPE_DECODE, place_->batch.get());
  if (status != 0) {
    return trouble("engine",
                   with_complaints(status == 1 ? "the engine found no room in its cache"
                                               : fmt::format("the engine failed with status {}", status)));
  }
  llama_synchronize(context);
  return {};
}

/// The next piece of the prompt. Its last token's scores are those of the continuations' first tokens.
Outcome<void> Scorer::decode_prompt(ScoreJob& job) {
  const std::vector<llama_token>& prompt = job.prompt.tokens;
  const std::size_t piece = std::min<std::size_t>(engine_.step_tokens(), prompt.size() - decoded_);
  const bool last = decoded_ + piece == prompt.size();
  llama_batch_ext_clear(place_->batch.get());
  std::int32_t at = 0;
  for (std::size_t i = 0; i < piece; ++i)
    at = add_token(0, prompt[decoded_ + i], decoded_ + i, last && i + 1 == piece);
  if (Outcome<void> done = decode(); !done) return done;
  decoded_ += piece;
  if (!last) return {};
  const float* scores = llama_get_logits_ith(place_->context.get(), at);
  for (Continuation& one : job.continuations) {
    if (one.shared != one.begin) continue;
    if (Outcome<void> good = read(one, one.begin, scores); !good) return good;
  }
  return {};
}

/// A copy of the prompt's part that both have.
void Scorer::open_sequence(const Continuation& one, std::size_t index) {
  llama_memory_t memory = llama_get_memory(place_->context.get());
  const auto sequence = static_cast<llama_seq_id>(index);
  llama_memory_seq_rm(memory, sequence, -1, -1);
  if (one.shared == decoded_)
    llama_memory_seq_cp(memory, 0, sequence, -1, -1);
  else if (one.shared > 0)
    llama_memory_seq_cp(memory, 0, sequence, 0, static_cast<llama_pos>(one.shared));
}

/// One batch of tokens of the continuations that are not complete, in their order. A continuation that is
/// longer than a batch goes on in the next one, alone in it at first.
Outcome<void> Scorer::decode_continuations(ScoreJob& job) {
  llama_batch_ext_clear(place_->batch.get());
  std::vector<Wanted> wanted;
  std::vector<llama_seq_id> ended;
  std::size_t left = rows_;
  std::size_t sequence = 0;
  for (std::size_t i = 0; i < job.continuations.size() && left > 0; ++i) {
    Continuation& one = job.continuations[i];
    const std::size_t end = one.tokens.size() - 1;  // the last token is scored, not decoded
    if (one.next >= end) continue;
    if (++sequence == kSequences) break;
    // Who goes on from the batch before is the first that is not complete, and keeps sequence 1.
    if (one.next == one.shared) open_sequence(one, sequence);
    const std::size_t stop = std::min(end, one.next + left);
    left -= stop - one.next;
    for (; one.next < stop; ++one.next) {
      const bool scored = one.next + 1 >= one.begin;
      const std::int32_t at =
          add_token(static_cast<llama_seq_id>(sequence), one.tokens[one.next], one.next, scored);
      if (scored) wanted.push_back({.continuation = i, .token = one.next + 1, .batch_index = at});
    }
    if (one.next == end) ended.push_back(static_cast<llama_seq_id>(sequence));
  }
  if (sequence == 0) return {};
  if (Outcome<void> done = decode(); !done) return done;
  llama_context* context = place_->context.get();
  for (const Wanted& want : wanted) {
    const float* scores = llama_get_logits_ith(context, want.batch_index);
    if (Outcome<void> good = read(job.continuations[want.continuation], want.token, scores); !good)
      return good;
  }
  llama_memory_t memory = llama_get_memory(context);
  for (const llama_seq_id one : ended) llama_memory_seq_rm(memory, one, -1, -1);
  const bool goes_on = ended.size() < std::min(sequence, kSequences - 1);
  if (goes_on && sequence > 1) {
    // The last of this batch is the first of the next one.
    llama_memory_seq_cp(memory, static_cast<llama_seq_id>(sequence), 1, -1, -1);
    llama_memory_seq_rm(memory, static_cast<llama_seq_id>(sequence), -1, -1);
  }
  return {};
}

Outcome<void> Scorer::read(Continuation& one, std::size_t token, const float* scores) {
  const auto size = static_cast<std::size_t>(llama_vocab_n_tokens(engine_.vocab()));
  const std::optional<ScoreRow> row =
      scores == nullptr ? std::nullopt : score_row(std::span<const float>(scores, size));
  const llama_token wanted = one.tokens[token];
  const double chance = row ? static_cast<double>(scores[wanted]) - row->log_sum : 0;
  if (!row || !std::isfinite(chance))
    return trouble("engine",
                   with_complaints("a continuation has no likelihood: the engine's scores are no numbers"));
  one.score.log_likelihood += std::min(chance, 0.0);  // rounding may leave a certain token just above 0
  one.score.greedy = one.score.greedy && row->best == wanted;
  return {};
}

void Scorer::end(bool keep) {
  if (keep && jobs_.front().reuse_prefix) kept_ = std::move(jobs_.front().prompt.tokens);
  if (!keep) {
    kept_.clear();
    if (place_ != nullptr) llama_memory_clear(llama_get_memory(place_->context.get()), false);
  }
  jobs_.pop_front();
  begun_ = false;
  decoded_ = 0;
}

bool Scorer::cancel(wire::Id target) {
  const auto at =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const ScoreJob& job) { return job.id == target; });
  if (at == jobs_.end()) return false;
  if (at == jobs_.begin() && begun_)
    end(false);
  else
    jobs_.erase(at);
  send_(cancelled_unanswered(target, clock_.now()));
  return true;
}

void Scorer::cancel_all() {
  while (!jobs_.empty()) cancel(jobs_.back().id);
}

}  // namespace assay::llama
