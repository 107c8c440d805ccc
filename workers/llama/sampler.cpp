#include "sampler.h"

#include <cmath>
#include <random>

#include <fmt/format.h>

#include "engine_log.h"

namespace assay::llama {
namespace {

// How far back the repeat penalty looks: llama.cpp's and llama-server's default.
constexpr std::int32_t kPenaltyTokens = 64;

llama_sampler* new_chain(const llama_vocab* vocab, const Sampling& sampling) {
  llama_sampler_chain_params params = llama_sampler_chain_default_params();
  params.no_perf = true;
  llama_sampler* chain = llama_sampler_chain_init(params);
  const std::int32_t vocab_size = llama_vocab_n_tokens(vocab);

  std::int32_t n_suppressed = 0;
  const llama_token* suppressed = llama_vocab_get_suppress_tokens(vocab, &n_suppressed);
  std::vector<llama_logit_bias> biases;
  for (std::int32_t i = 0; i < n_suppressed; ++i) biases.push_back({suppressed[i], -INFINITY});
  if (!biases.empty())
    llama_sampler_chain_add(chain, llama_sampler_init_logit_bias(vocab_size, n_suppressed, biases.data()));

  // The order is llama-server's.
  if (sampling.repeat_penalty != 1)
    llama_sampler_chain_add(chain,
                            llama_sampler_init_penalties(vocab_size, kPenaltyTokens,
                                                         static_cast<float>(sampling.repeat_penalty), 0, 0));
  if (sampling.temperature <= 0) {
    llama_sampler_chain_add(chain, llama_sampler_init_greedy());
    return chain;
  }
  if (sampling.top_k > 0)
    llama_sampler_chain_add(chain, llama_sampler_init_top_k(static_cast<std::int32_t>(sampling.top_k)));
  if (sampling.top_p < 1)
    llama_sampler_chain_add(chain, llama_sampler_init_top_p(static_cast<float>(sampling.top_p), 1));
  if (sampling.min_p > 0)
    llama_sampler_chain_add(chain, llama_sampler_init_min_p(static_cast<float>(sampling.min_p), 1));
  llama_sampler_chain_add(chain, llama_sampler_init_temp(static_cast<float>(sampling.temperature)));
  llama_sampler_chain_add(chain, llama_sampler_init_dist(sampling.seed.value_or(0)));
  return chain;
}

}  // namespace

Outcome<Sampler> Sampler::make(const llama_vocab* vocab, const Sampling& sampling) {
  Sampler sampler;
  sampler.vocab_size_ = llama_vocab_n_tokens(vocab);
  std::int32_t n_suppressed = 0;
  llama_vocab_get_suppress_tokens(vocab, &n_suppressed);
  const bool plain = sampling.temperature <= 0 && sampling.repeat_penalty == 1 && n_suppressed == 0;
  sampler.remembers_ = sampling.repeat_penalty != 1;
  if (!sampling.grammar.empty()) {
    clear_engine_log();
    sampler.grammar_.reset(llama_sampler_init_grammar(vocab, sampling.grammar.c_str(), "root"));
    if (!sampler.grammar_) return trouble("bad_request", with_complaints("the grammar cannot be read"));
  }
  sampler.argmax_only_ = plain && !sampler.grammar_;
  if (!sampler.argmax_only_) {
    sampler.chain_.reset(new_chain(vocab, sampling));
    sampler.candidates_.resize(static_cast<std::size_t>(sampler.vocab_size_));
  }
  return sampler;
}

void Sampler::accept_prompt(std::span<const llama_token> tokens) {
  if (!remembers_) return;
  const std::size_t n = std::min<std::size_t>(tokens.size(), kPenaltyTokens);
  for (const llama_token token : tokens.last(n)) llama_sampler_accept(chain_.get(), token);
}

llama_token Sampler::pick_with(const float* logits, bool grammar_first) {
  for (std::int32_t i = 0; i < vocab_size_; ++i) candidates_[static_cast<std::size_t>(i)] = {i, logits[i], 0};
  llama_token_data_array list{candidates_.data(), candidates_.size(), -1, false};
  if (grammar_first) {
    llama_sampler_apply(grammar_.get(), &list);
    // The sampler of the distribution may not be asked to choose among nothing.
    bool any = false;
    for (std::size_t i = 0; i < list.size && !any; ++i) any = list.data[i].logit > -INFINITY;
    if (!any) return LLAMA_TOKEN_NULL;
  }
  llama_sampler_apply(chain_.get(), &list);
  return list.selected < 0 ? LLAMA_TOKEN_NULL : list.data[list.selected].id;
}

llama_token Sampler::pick(const float* logits) {
  const std::int32_t likeliest = argmax(logits, vocab_size_);
  if (likeliest < 0) return LLAMA_TOKEN_NULL;
  if (argmax_only_) return likeliest;
  llama_token token = pick_with(logits, false);
  if (grammar_ && token != LLAMA_TOKEN_NULL) {
    // A grammar on the whole vocabulary is dear. Mostly the model follows it by itself, so its pick is
    // checked first, as llama-server does.
    llama_token_data one{token, 1, 0};
    llama_token_data_array list{&one, 1, -1, false};
    llama_sampler_apply(grammar_.get(), &list);
    if (std::isinf(one.logit)) token = pick_with(logits, true);
  }
  if (token == LLAMA_TOKEN_NULL) return token;
  if (grammar_) llama_sampler_accept(grammar_.get(), token);
  llama_sampler_accept(chain_.get(), token);
  return token;
}

}  // namespace assay::llama
