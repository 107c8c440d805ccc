#include "slot.h"

#include <algorithm>

namespace assay::llama {
namespace {

std::vector<std::string> all_stops(const Slot::Start& start) {
  std::vector<std::string> stops = start.prompt.stops;
  stops.insert(stops.end(), start.sampling.stops.begin(), start.sampling.stops.end());
  return stops;
}

// Enough for 50 ms of a tiny model, so that the loop that generates does not allocate.
constexpr std::size_t kEventsAtOnce = 1024;

}  // namespace

Slot::Slot(const llama_vocab* vocab, llama_seq_id sequence, Start start, Sampler sampler)
    : vocab_(vocab),
      sequence_(sequence),
      start_(std::move(start)),
      sampler_(std::move(sampler)),
      text_(all_stops(start_), start_.prompt.think),
      eager_text_(!all_stops(start_).empty()) {
  sampler_.accept_prompt(start_.prompt.tokens);
  unread_.reserve(kEventsAtOnce);
  events_.reserve(kEventsAtOnce);
}

wire::Started Slot::take_started() {
  told_start_ = true;
  return {.id = start_.id,
          .at = prefill_at_,
          .prompt = std::move(start_.prompt.text),
          .prompt_tokens = static_cast<std::uint32_t>(start_.prompt.tokens.size()),
          .cached_prompt_tokens = static_cast<std::uint32_t>(shared_),
          .effective = std::move(start_.effective)};
}

bool Slot::is_preserved(llama_token token) const {
  const std::vector<llama_token>& kept = start_.prompt.preserved;
  return std::find(kept.begin(), kept.end(), token) != kept.end();
}

bool Slot::push_text(llama_token token) {
  std::string bytes;
  if (!llama_vocab_is_eog(vocab_, token)) append_piece(vocab_, token, is_preserved(token), bytes);
  return text_.push(bytes);
}

Slot::Next Slot::pick(const float* logits, Nanos at) {
  const llama_token token = sampler_.pick(logits);
  if (token == LLAMA_TOKEN_NULL) return Next::no_token;
  last_ = token;
  ++output_tokens_;
  events_.push_back({.at = at, .count = 1, .kind = record::TokenKind::answer});
  bool stop = llama_vocab_is_eog(vocab_, token);
  if (eager_text_)
    stop = push_text(token) || stop;
  else
    unread_.push_back(token);
  if (stop)
    finish_ = "stop";
  else if (output_tokens_ >= start_.max_tokens)
    finish_ = "length";
  return finish_.empty() ? Next::goes_on : Next::ended;
}

wire::Output Slot::take_output(bool last) {
  for (const llama_token token : unread_) push_text(token);
  unread_.clear();
  TextStream::Piece piece = text_.take(last);
  for (const record::TokenKind kind : piece.kinds) {
    events_[kinds_told_++].kind = kind;
    if (kind == record::TokenKind::reasoning) ++reasoning_tokens_;
  }
  wire::Output output{
      .id = start_.id, .events = {}, .text = std::move(piece.text), .reasoning = std::move(piece.reasoning)};
  const auto end = events_.begin() + static_cast<std::ptrdiff_t>(kinds_told_);
  output.events.assign(events_.begin(), end);
  events_.erase(events_.begin(), end);
  kinds_told_ = 0;
  return output;
}

wire::Done Slot::done(std::string finish, Nanos at) const {
  return {.id = start_.id,
          .at = at,
          .finish = std::move(finish),
          .output_tokens = output_tokens_,
          .reasoning_tokens = reasoning_tokens_,
          .claims = {{"claimed_sampling_ns", sampling_time.count()}}};
}

}  // namespace assay::llama
