#include "record/params.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::record {
namespace {

// Engines take 32 bits, and llama.cpp takes the greatest of them for "draw one".
constexpr double kMaxSeed = 4294967294.0;

constexpr std::array kParams{
    ParamSpec{"temperature",
              ParamKind::real,
              ParamScope::request,
              0,
              100,
              {},
              "0 is greedy: always the likeliest token"},
    ParamSpec{"top_p",
              ParamKind::real,
              ParamScope::request,
              0,
              1,
              {},
              "keep the likeliest tokens up to this total probability; 1 is off"},
    ParamSpec{
        "top_k", ParamKind::whole, ParamScope::request, 0, 1e6, {}, "keep the k likeliest tokens; 0 is off"},
    ParamSpec{"min_p",
              ParamKind::real,
              ParamScope::request,
              0,
              1,
              {},
              "drop tokens below this share of the likeliest; 0 is off"},
    ParamSpec{"repeat_penalty",
              ParamKind::real,
              ParamScope::request,
              0.01,
              10,
              {},
              "divides the score of tokens seen before; 1 is off"},
    ParamSpec{"seed", ParamKind::whole, ParamScope::request, 0, kMaxSeed, {}, "start of the random numbers"},
    ParamSpec{"max_tokens", ParamKind::whole, ParamScope::request, 1, 1e7, {}, "most output tokens"},
    ParamSpec{"stop", ParamKind::text_list, ParamScope::request, 0, 0, {}, "texts that end the answer"},
    ParamSpec{"think",
              ParamKind::boolean,
              ParamScope::request,
              0,
              0,
              {},
              "ask a reasoning model to think, or not to"},
    ParamSpec{"grammar",
              ParamKind::text,
              ParamScope::request,
              0,
              0,
              {},
              "GBNF grammar that the answer must follow"},
    ParamSpec{"json_schema",
              ParamKind::json,
              ParamScope::request,
              0,
              0,
              {},
              "JSON Schema that the answer must follow"},
    ParamSpec{"logprobs",
              ParamKind::whole,
              ParamScope::request,
              1,
              20,
              {},
              "have the server say how likely each token was, and so many others in its place"},
    ParamSpec{
        "context", ParamKind::whole, ParamScope::load, 1, 1e8, {}, "context length in tokens, per request"},
    ParamSpec{"threads", ParamKind::whole, ParamScope::load, 1, 4096, {}, "processor threads of the engine"},
    ParamSpec{"gpu_layers", ParamKind::whole, ParamScope::load, 0, 10000, {}, "layers on the GPU"},
    ParamSpec{"flash_attention", ParamKind::choice, ParamScope::load, 0, 0, "auto|on|off", "fused attention"},
    ParamSpec{"kv_type", ParamKind::choice, ParamScope::load, 0, 0,
              "f32|f16|bf16|q8_0|q4_0|q4_1|q5_0|q5_1|iq4_nl", "type of the KV cache"},
};

Error wrong(const ParamSpec& spec, const Json& value, std::string expected) {
  return {.code = Code::bad_input,
          .where = {},
          .found = fmt::format("{} is {}", spec.name, dump(value)),
          .expected = std::move(expected),
          .remedy = {}};
}

Result<Json> checked_number(const ParamSpec& spec, const Json& value) {
  const bool whole = spec.kind == ParamKind::whole;
  const std::string expected =
      fmt::format("a {}number from {} to {:.10g}", whole ? "whole " : "", spec.least, spec.greatest);
  if (!value.is_number()) return fail(wrong(spec, value, expected));
  const auto number = value.get<double>();
  if (!(number >= spec.least && number <= spec.greatest)) return fail(wrong(spec, value, expected));
  if (!whole) return value;
  if (number != std::floor(number)) return fail(wrong(spec, value, expected));
  return Json(static_cast<std::int64_t>(number));
}

Result<Json> checked_stop(const ParamSpec& spec, const Json& value) {
  const Json list = value.is_string() ? Json::array({value}) : value;
  const auto is_good = [](const Json& item) {
    return item.is_string() && !item.get_ref<const std::string&>().empty();
  };
  if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_good))
    return fail(wrong(spec, value, "a text or a list of texts, none of them empty"));
  return list;
}

Result<Json> checked_choice(const ParamSpec& spec, const Json& value) {
  const std::vector<std::string> words = split(spec.choices, '|');
  // A YAML writer says `flash_attention: true`; the engine's words are on and off.
  const Json word = value.is_boolean() ? Json(value.get<bool>() ? "on" : "off") : value;
  if (word.is_string() && std::find(words.begin(), words.end(), word.get<std::string>()) != words.end())
    return word;
  return fail(wrong(spec, value, "one of: " + join(words, ", ")));
}

}  // namespace

std::span<const ParamSpec> param_table() {
  return kParams;
}

const ParamSpec* find_param(std::string_view name) {
  const auto at =
      std::find_if(kParams.begin(), kParams.end(), [&](const ParamSpec& spec) { return spec.name == name; });
  return at == kParams.end() ? nullptr : &*at;
}

Result<Json> checked_param(const ParamSpec& spec, const Json& value) {
  switch (spec.kind) {
    case ParamKind::real:
    case ParamKind::whole: return checked_number(spec, value);
    case ParamKind::text:
      if (!value.is_string() || value.get_ref<const std::string&>().empty())
        return fail(wrong(spec, value, "a text that is not empty"));
      return value;
    case ParamKind::text_list: return checked_stop(spec, value);
    case ParamKind::boolean:
      if (!value.is_boolean()) return fail(wrong(spec, value, "true or false"));
      return value;
    case ParamKind::choice: return checked_choice(spec, value);
    case ParamKind::json:
      if (!value.is_object() && !value.is_boolean()) return fail(wrong(spec, value, "a mapping"));
      return value;
  }
  return fail(wrong(spec, value, "a known kind"));
}

std::string param_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dump(value);
}

Params default_params() {
  return {{"temperature", 0}, {"max_tokens", 512}};
}

Params merged(const Params& under, const Params& over) {
  Params both = over;
  both.insert(under.begin(), under.end());
  return both;
}

Params with_scope(const Params& params, ParamScope scope) {
  Params part;
  for (const auto& [name, value] : params) {
    const ParamSpec* spec = find_param(name);
    if (spec != nullptr && spec->scope == scope) part.emplace(name, value);
  }
  return part;
}

std::string_view name_of(Applied applied) {
  switch (applied) {
    case Applied::verified: return "verified";
    case Applied::unverified: return "unverified";
    case Applied::not_supported: return "not_supported";
  }
  return "unverified";
}

Applied applied_from(std::string_view name) {
  if (name == "verified") return Applied::verified;
  return name == "not_supported" ? Applied::not_supported : Applied::unverified;
}

Json to_json(const Params& params) {
  Json object = Json::object();
  for (const auto& [name, value] : params) object[name] = value;
  return object;
}

Json to_json(const EffectiveParams& params) {
  Json object = Json::object();
  for (const auto& [name, param] : params)
    object[name] = {{"value", param.value}, {"how", name_of(param.how)}};
  return object;
}

Params params_from_json(const Json& object) {
  Params params;
  if (!object.is_object()) return params;
  for (const auto& [name, value] : object.items()) params.emplace(name, value);
  return params;
}

EffectiveParams effective_from_json(const Json& object) {
  EffectiveParams params;
  if (!object.is_object()) return params;
  for (const auto& [name, entry] : object.items()) {
    if (!entry.is_object() || !entry.contains("value")) continue;
    const Json how = entry.value("how", Json());
    params[name] = {entry["value"],
                    applied_from(how.is_string() ? how.get_ref<const std::string&>() : std::string{})};
  }
  return params;
}

}  // namespace assay::record
