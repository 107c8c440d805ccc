// Sampling and engine parameters: what was asked for, and what the engine says it used.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace assay::record {

/// Name → value, in the alphabet's order. Only names of kParams; values have the type that the table says.
using Params = std::map<std::string, Json, std::less<>>;

enum class ParamKind { real, whole, text, text_list, boolean, choice, json };
/// When a parameter takes effect: `load` needs the model to be loaded again, `request` does not.
enum class ParamScope { load, request };

struct ParamSpec {
  std::string_view name;
  ParamKind kind;
  ParamScope scope;
  double least = 0;  ///< numbers: inclusive limits
  double greatest = 0;
  std::string_view choices;  ///< choice: words separated by '|'
  std::string_view help;
};

/// The table of all parameters. A new one is one line here and its use in the backends.
std::span<const ParamSpec> param_table();
const ParamSpec* find_param(std::string_view name);
/// Checks kind and range. Returns the value to store, or an Error without place.
Result<Json> checked_param(const ParamSpec& spec, const Json& value);
/// "0.7", "off", "[\"a\",\"b\"]": for people and cell labels.
std::string param_text(const Json& value);

/// What a silent suite means (docs/measurement.md, "Defaults"): temperature 0, max_tokens 512.
Params default_params();
/// `over` wins.
Params merged(const Params& under, const Params& over);
/// The part of `params` that has this scope.
Params with_scope(const Params& params, ParamScope scope);

/// How sure we are that a requested parameter reached the engine.
enum class Applied { verified, unverified, not_supported };
std::string_view name_of(Applied applied);
Applied applied_from(std::string_view name);

struct EffectiveParam {
  Json value;
  Applied how = Applied::unverified;
  bool operator==(const EffectiveParam&) const = default;
};
using EffectiveParams = std::map<std::string, EffectiveParam, std::less<>>;

Json to_json(const Params& params);
Json to_json(const EffectiveParams& params);
Params params_from_json(const Json& object);
EffectiveParams effective_from_json(const Json& object);

}  // namespace assay::record
