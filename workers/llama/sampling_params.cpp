#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "grammar.h"
#include "sampler.h"

namespace assay::llama {
namespace {

using record::Applied;
using record::EffectiveParams;
using record::Params;

// To the engine this seed means "take a random one".
constexpr std::uint32_t kRandomSeed = LLAMA_DEFAULT_SEED;

constexpr double kLeastTemperature = 1e-30;

/// The value if it was asked for and is good; `into` is untouched when it was not asked for.
template <class T>
Outcome<bool> take(const Params& params, const char* name, T& into) {
  const auto at = params.find(name);
  if (at == params.end() || at->second.is_null()) return false;
  const Result<Json> value = record::checked_param(*record::find_param(name), at->second);
  if (!value) return bad_request(value.error());
  into = value->get<T>();
  return true;
}

Outcome<void> read_values(const Params& params, Sampling& s) {
  std::uint32_t max_tokens = 0;
  std::uint32_t seed = 0;
  bool think = false;
  Json schema;
  std::string grammar;
  for (const Outcome<bool>& taken :
       {take(params, "temperature", s.temperature), take(params, "top_p", s.top_p),
        take(params, "top_k", s.top_k), take(params, "min_p", s.min_p),
        take(params, "repeat_penalty", s.repeat_penalty), take(params, "stop", s.stops)})
    if (!taken) return tl::unexpected(taken.error());
  // The engine divides scores by it, and what is no number any more picks the vocabulary's last token.
  if (s.temperature < kLeastTemperature) s.temperature = 0;
  const Outcome<bool> has_max = take(params, "max_tokens", max_tokens);
  const Outcome<bool> has_seed = take(params, "seed", seed);
  const Outcome<bool> has_think = take(params, "think", think);
  const Outcome<bool> has_grammar = take(params, "grammar", grammar);
  const Outcome<bool> has_schema = take(params, "json_schema", schema);
  for (const Outcome<bool>* taken : {&has_max, &has_seed, &has_think, &has_grammar, &has_schema})
    if (!*taken) return tl::unexpected(taken->error());
  if (*has_max) s.max_tokens = max_tokens;
  if (*has_think) s.think = think;
  if (*has_seed) {
    if (seed == kRandomSeed)
      return trouble("bad_request", fmt::format("seed {} means 'random' to llama.cpp; take another", seed));
    s.seed = seed;
  }
  if (*has_grammar && *has_schema)
    return trouble("bad_request", "grammar and json_schema exclude each other");
  s.grammar = std::move(grammar);
  if (!*has_schema) return {};
  Outcome<std::string> made = grammar_from_schema(schema);
  if (!made) return tl::unexpected(made.error());
  s.grammar = std::move(*made);
  return {};
}

}  // namespace

Outcome<Sampling> read_sampling(const Params& params, EffectiveParams& effective) {
  Sampling s;
  if (Outcome<void> read = read_values(params, s); !read) return tl::unexpected(read.error());
  const bool greedy = s.temperature <= 0;
  if (!greedy && !s.seed) {
    std::random_device device;
    do s.seed = device();
    while (*s.seed == kRandomSeed);
  }

  const auto built = [&](const char* name, Json value) {
    effective[name] = {std::move(value), Applied::verified};
  };
  built("temperature", s.temperature);
  built("repeat_penalty", s.repeat_penalty);
  if (!greedy) {
    built("top_k", s.top_k);
    built("top_p", s.top_p);
    built("min_p", s.min_p);
    built("seed", *s.seed);
  }
  for (const auto& [name, value] : params) {
    if (effective.contains(name) || value.is_null()) continue;
    const bool without_use = name == "top_k" || name == "top_p" || name == "min_p" || name == "seed";
    const record::ParamSpec* spec = record::find_param(name);
    if (spec == nullptr || spec->scope != record::ParamScope::request)
      effective[name] = {nullptr, Applied::not_supported};
    else
      built(name.c_str(), without_use ? Json() : *record::checked_param(*spec, value));
  }
  return s;
}

}  // namespace assay::llama
