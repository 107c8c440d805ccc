#include "bench.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/random.h"
#include "engine_log.h"
#include "load_options.h"
#include "sampler.h"

namespace assay::llama {
namespace {

using record::BenchAnswer;
using record::BenchPath;
using record::BenchRepetition;
using record::BenchTest;

// Contexts that are kept for their next repetition, and the share of the machine's memory that must stay
// free; beyond it all are given up and made again as they are needed.
constexpr std::size_t kMostPlaces = 24;
constexpr double kFreeShare = 0.2;
// Every part of a test draws its tokens from a stream of its own.
constexpr std::uint64_t kDepthStream = 1;
constexpr std::uint64_t kGenerateStream = 2;

Outcome<void> check(const BenchTest& test, const llama_model* model) {
  if (test.prompt == 0 && test.generate == 0)
    return trouble("bad_request", "a test of zero tokens: prompt or generate must be above 0");
  if (test.batch == 0 || test.micro_batch == 0)
    return trouble("bad_request", "batch and micro_batch must be above 0");
  const std::int32_t trained = llama_model_n_ctx_train(model);
  if (trained > 0 && test.context() > static_cast<std::uint64_t>(trained))
    return trouble("context", fmt::format("{} needs a context of {} tokens and the model was trained on {}",
                                          name_of(test), test.context(), trained));
  return {};
}

Outcome<llama_context_params> context_params(const BenchTest& test) {
  llama_context_params params = llama_context_default_params();
  const std::optional<ggml_type> keys = kv_type_of(test.key_type);
  const std::optional<ggml_type> values = kv_type_of(test.value_type);
  if (!keys || !values)
    return trouble("bad_request", fmt::format("unknown cache type '{}'; expected one of: {}",
                                              keys ? test.value_type : test.key_type, kv_type_names()));
  params.type_k = *keys;
  params.type_v = *values;
  params.n_ctx = static_cast<std::uint32_t>(test.context());
  params.n_batch = test.batch;
  params.n_ubatch = test.micro_batch;
  params.swa_full = false;  // as llama-bench: the window's own size
  params.no_perf = true;
  if (test.flash_attention == "on")
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
  else if (test.flash_attention == "off")
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  else if (test.flash_attention != "auto")
    return trouble("bad_request",
                   fmt::format("flash_attention is '{}'; expected auto, on or off", test.flash_attention));
  const auto threads =
      static_cast<std::int32_t>(test.threads.value_or(static_cast<std::uint32_t>(default_threads())));
  params.n_threads = params.n_threads_batch = threads;
  return params;
}

std::uint64_t resident_now() {
  const std::optional<ProcessMemory> memory = process_memory(getpid());
  return memory ? memory->resident : 0;
}

std::uint64_t anonymous_now() {
  const std::optional<ProcessMemory> memory = process_memory(getpid());
  return memory ? memory->resident - memory->mapped : 0;
}

/// A seed of its own for every part of every repetition.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t stream) {
  SplitMix64 random(seed + stream * 0x9E3779B97F4A7C15U);
  return random.next();
}

}  // namespace

/// A machine that is short of memory keeps one context at a time.
void BenchStand::make_room() {
  const std::optional<std::uint64_t> available = available_memory();
  const std::optional<std::uint64_t> total = total_memory();
  const bool short_of_memory =
      available && total && static_cast<double>(*available) < kFreeShare * static_cast<double>(*total);
  if (short_of_memory || places_.size() >= kMostPlaces) places_.clear();
}

Outcome<BenchStand::Place*> BenchStand::place_for(const BenchTest& test) {
  for (const std::unique_ptr<Place>& place : places_)
    if (place->test == test) return place.get();
  if (Outcome<void> good = check(test, engine_.model()); !good) return tl::unexpected(good.error());
  Outcome<llama_context_params> params = context_params(test);
  if (!params) return tl::unexpected(params.error());
  make_room();
  clear_engine_log();
  auto place = std::make_unique<Place>();
  place->test = test;
  place->context.reset(llama_init_from_model(engine_.model(), *params));
  if (!place->context)
    return trouble(engine_ran_out_of_memory() ? "engine_oom" : "bad_request",
                   with_complaints(fmt::format("the engine cannot make a context for {}", name_of(test))));
  place->threads.attach(place->context.get(), params->n_threads);
  place->batch.reset(llama_batch_ext_init(place->context.get()));
  places_.push_back(std::move(place));
  return places_.back().get();
}

void BenchStand::add(Place& place, llama_token token, llama_pos position, bool wants_scores) {
  const std::int32_t at = llama_batch_ext_add_token(place.batch.get(), 0, token);
  llama_batch_ext_set_pos(place.batch.get(), at, &position);
  if (wants_scores) llama_batch_ext_set_output_logits(place.batch.get(), at, true);
}

Outcome<void> BenchStand::decode(Place& place) {
  const std::int32_t status =
      llama_process(place.context.get(), LLAMA_PROCESS_TYPE_DECODE, place.batch.get());
  if (status == 0) return {};
  return trouble(
      engine_ran_out_of_memory() ? "engine_oom" : "engine",
      with_complaints(fmt::format("the engine failed with status {} in {}", status, name_of(place.test))));
}

/// As llama-bench's test_prompt(): batches of random tokens, the begin token first where the model wants one,
/// scores for the last token of each batch.
Outcome<void> BenchStand::decode_prompt(Place& place, std::uint32_t tokens, std::uint64_t seed) {
  const llama_vocab* vocab = engine_.vocab();
  const auto size = static_cast<std::uint64_t>(llama_vocab_n_tokens(vocab));
  SplitMix64 random(seed);
  llama_pos position = llama_memory_seq_pos_max(llama_get_memory(place.context.get()), 0) + 1;
  for (std::uint32_t done = 0; done < tokens;) {
    const std::uint32_t count = std::min(tokens - done, place.test.batch);
    llama_batch_ext_clear(place.batch.get());
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool begin = done == 0 && i == 0 && llama_vocab_get_add_bos(vocab);
      const auto token = begin ? llama_vocab_bos(vocab) : static_cast<llama_token>(random.below(size));
      add(place, token, position++, i + 1 == count);
    }
    if (Outcome<void> decoded = decode(place); !decoded) return decoded;
    done += count;
  }
  llama_synchronize(place.context.get());
  return {};
}

/// Clears the cache and puts `depth` tokens into it: from the state that was saved, where there is one.
Outcome<void> BenchStand::fill_depth(Place& place, std::uint64_t seed) {
  llama_context* context = place.context.get();
  llama_memory_clear(llama_get_memory(context), false);
  if (place.test.depth == 0) return {};
  BenchTest settings = place.test;
  settings.prompt = settings.generate = 0;
  if (!depth_.state.empty() && depth_.test == settings && depth_.seed == seed &&
      llama_state_seq_set_data(context, depth_.state.data(), depth_.state.size(), 0) != 0)
    return {};
  llama_memory_clear(llama_get_memory(context), false);
  if (Outcome<void> filled = decode_prompt(place, place.test.depth, mixed(seed, kDepthStream)); !filled)
    return filled;
  depth_ = {.test = settings, .seed = seed, .state = {}};
  depth_.state.resize(llama_state_seq_get_size(context, 0));
  llama_state_seq_get_data(context, depth_.state.data(), depth_.state.size(), 0);
  return {};
}

/// The timed part. With `sampling` each next token is the one with the greatest score, even one that would
/// end an answer; otherwise it is random, as in llama-bench, and the scores are never looked at.
Outcome<BenchRepetition> BenchStand::repetition(Place& place, std::uint64_t seed) {
  llama_context* context = place.context.get();
  const llama_vocab* vocab = engine_.vocab();
  const auto size = static_cast<std::uint64_t>(llama_vocab_n_tokens(vocab));
  const bool sampling = place.test.path == BenchPath::sampling;
  Outcome<Sampler> sampler = Sampler::make(vocab, {});
  if (!sampler) return tl::unexpected(sampler.error());
  SplitMix64 random(mixed(seed, kGenerateStream));
  SystemClock clock;
  BenchRepetition told;
  told.tokens.reserve(place.test.generate);

  told.at = clock.now();
  llama_token token = LLAMA_TOKEN_NULL;
  if (place.test.prompt > 0) {
    if (Outcome<void> decoded = decode_prompt(place, place.test.prompt, seed); !decoded)
      return tl::unexpected(decoded.error());
    if (sampling) token = sampler->pick(llama_get_logits_ith(context, -1));
    told.prompt = clock.now() - told.at;
  }
  if (token == LLAMA_TOKEN_NULL)
    token = llama_vocab_get_add_bos(vocab) ? llama_vocab_bos(vocab)
                                           : static_cast<llama_token>(random.below(size));
  llama_pos position = llama_memory_seq_pos_max(llama_get_memory(context), 0) + 1;
  for (std::uint32_t i = 0; i < place.test.generate; ++i) {
    llama_batch_ext_clear(place.batch.get());
    add(place, token, position++, true);
    if (Outcome<void> decoded = decode(place); !decoded) return tl::unexpected(decoded.error());
    llama_synchronize(context);
    token = sampling ? sampler->pick(llama_get_logits_ith(context, -1)) : LLAMA_TOKEN_NULL;
    if (token == LLAMA_TOKEN_NULL) token = static_cast<llama_token>(random.below(size));
    told.tokens.push_back(clock.now() - told.at);
  }
  told.total = told.tokens.empty() ? *told.prompt : told.tokens.back();
  return told;
}

Outcome<BenchAnswer> BenchStand::run(const wire::Bench& request) {
  const std::uint64_t anonymous_before = anonymous_now();
  Outcome<Place*> found = place_for(request.test);
  if (!found) return tl::unexpected(found.error());
  Place& place = **found;
  BenchAnswer answer;
  if (!place.warm) {
    if (Outcome<void> filled = fill_depth(place, request.seed); !filled)
      return tl::unexpected(filled.error());
    const Outcome<BenchRepetition> thrown_away = repetition(place, mixed(request.seed, 3));
    if (!thrown_away) return tl::unexpected(thrown_away.error());
    const std::uint64_t all = anonymous_now();
    const std::uint64_t now = all - std::min<std::uint64_t>(all, depth_.state.size());
    place.bytes = now - std::min(now, anonymous_before);
    place.warm = answer.warmed_up = true;
  }
  if (Outcome<void> filled = fill_depth(place, request.seed); !filled) return tl::unexpected(filled.error());
  answer.before =
      static_cast<std::uint32_t>(llama_memory_seq_pos_max(llama_get_memory(place.context.get()), 0) + 1);
  Outcome<BenchRepetition> told = repetition(place, mixed(request.seed, 4 + place.repetitions++));
  if (!told) return tl::unexpected(told.error());
  answer.repetition = std::move(*told);
  answer.context = llama_n_ctx(place.context.get());
  answer.threads = static_cast<std::uint32_t>(llama_n_threads(place.context.get()));
  // What belongs to other tests, or to our way of measuring, is not this test's.
  std::uint64_t not_ours = depth_.state.size();
  for (const std::unique_ptr<Place>& other : places_)
    if (other.get() != &place) not_ours += other->bytes;
  const std::uint64_t resident = resident_now();
  answer.memory_bytes = resident - std::min(resident, not_ours);
  return answer;
}

}  // namespace assay::llama
