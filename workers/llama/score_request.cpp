#include "score_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "kept_prompts.h"

namespace assay::llama {
namespace {

constexpr std::string_view kSpace = " \t\n\v\f\r";

/// Without the end token that some vocabularies put behind every text: nothing could follow it.
std::vector<llama_token> open_tokens(const llama_vocab* vocab, std::string_view text) {
  std::vector<llama_token> tokens = tokenize(vocab, text);
  if (llama_vocab_get_add_eos(vocab) && !tokens.empty() && tokens.back() == llama_vocab_eos(vocab))
    tokens.pop_back();
  return tokens;
}

Outcome<Prompt> raw_prompt(const Engine& engine, std::string_view text) {
  Prompt prompt;
  prompt.text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  prompt.tokens = open_tokens(engine.vocab(), prompt.text);
  return prompt;
}

Outcome<Prompt> chat_prompt(const Engine& engine, const wire::Score& request, std::optional<bool> think) {
  const char* const remedy = "; log-likelihoods need `think` to be false, or a prompt without template";
  if (engine.chat().can_think() && think != std::optional(false))
    return trouble("bad_request", std::string("this model thinks before it answers") + remedy);
  Outcome<Prompt> prompt = engine.chat().render(request.messages, think);
  if (!prompt) return prompt;
  if (prompt->think.open)
    return trouble("bad_request", std::string("the model's chat template lets it think first") + remedy);
  prompt->tokens = open_tokens(engine.vocab(), prompt->text);
  return prompt;
}

Outcome<std::optional<bool>> read_think(const Engine& engine, const wire::Score& request,
                                        record::EffectiveParams& effective) {
  std::optional<bool> think;
  for (const auto& [name, value] : request.params) {
    effective[name] = {nullptr, record::Applied::not_supported};  // nothing is sampled
    if (name != "think" || value.is_null()) continue;
    const Result<Json> checked = record::checked_param(*record::find_param(name), value);
    if (!checked) return bad_request(checked.error());
    think = checked->get<bool>();
    if (!request.raw && engine.chat().can_think()) effective[name] = {*think, record::Applied::verified};
  }
  return think;
}

Outcome<void> check_prompt(const Engine& engine, const Prompt& prompt) {
  const std::vector<llama_token>& tokens = prompt.tokens;
  if (tokens.empty()) return trouble("bad_request", "the prompt has no tokens");
  const llama_token begin = llama_vocab_bos(engine.vocab());
  if (tokens.size() > 1 && begin != LLAMA_TOKEN_NULL && tokens[0] == begin && tokens[1] == begin)
    return trouble("bad_request",
                   "the prompt begins with two begin tokens: its text holds one, and the vocabulary adds "
                   "another; leave it out of the text");
  return {};
}

}  // namespace

std::size_t ScoreJob::longest() const {
  std::size_t most = prompt.tokens.size();
  for (const Continuation& one : continuations) most = std::max(most, one.tokens.size());
  return most;
}

std::size_t ScoreJob::places(std::size_t rows) const {
  std::size_t own = 0;  // one that is longer than a batch has more in the memory than the batch
  for (const Continuation& one : continuations) own = std::max(own, one.tokens.size() - one.shared);
  return prompt.tokens.size() + own + rows;
}

Outcome<ScoreJob> read_score(const Engine& engine, const wire::Score& request) {
  ScoreJob job;
  job.id = request.id;
  // As for answers: only where the load was told so, and the model's memory can be cut at any place.
  job.reuse_prefix = request.reuse_prefix && engine.kept() > 0;
  const Outcome<std::optional<bool>> think = read_think(engine, request, job.effective);
  if (!think) return tl::unexpected(think.error());
  Outcome<Prompt> prompt =
      request.raw ? raw_prompt(engine, *request.raw) : chat_prompt(engine, request, *think);
  if (!prompt) return tl::unexpected(prompt.error());
  job.prompt = std::move(*prompt);
  if (Outcome<void> good = check_prompt(engine, job.prompt); !good) return tl::unexpected(good.error());

  const std::string_view moved =
      request.raw ? std::string_view(*request.raw).substr(job.prompt.text.size()) : std::string_view{};
  for (const std::string& text : request.continuations) {
    Continuation one;
    one.tokens = open_tokens(engine.vocab(), fmt::format("{}{}{}", job.prompt.text, moved, text));
    one.begin = job.prompt.tokens.size();
    one.shared = common_beginning(one.tokens, job.prompt.tokens);
    if (one.tokens.size() <= one.begin)
      return trouble("bad_request",
                     fmt::format("the continuation '{}' has no token of its own behind this prompt",
                                 printable(text, 60)));
    one.score.tokens = static_cast<std::uint32_t>(one.tokens.size() - one.begin);
    one.score.bytes = static_cast<std::uint32_t>(text.size());
    one.score.greedy = true;  // until a token is not the likeliest
    one.score.inside_token = one.shared < one.begin;
    // The state of recurrent layers can be copied as a whole only.
    const bool whole_only = llama_model_is_recurrent(engine.model()) || llama_model_is_hybrid(engine.model());
    if (whole_only && one.score.inside_token) one.shared = 0;
    one.next = one.shared;
    job.continuations.push_back(std::move(one));
  }
  // The last token is scored without being decoded, so it needs no place.
  if (const std::size_t places = job.longest() - 1; places > engine.context_per_request())
    return trouble(
        "context",
        fmt::format("the prompt with its longest continuation has {} tokens and the context is {}; "
                    "load with a longer context or shorten the prompt",
                    places + 1, engine.context_per_request()));
  return job;
}

}  // namespace assay::llama
