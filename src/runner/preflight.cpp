// Everything that can be known to fail is known before the first trial.

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "runner/runner.h"
#include "runner/stretch.h"

namespace assay::runner {
namespace {

/// Parameters that the plan sets for this model, anywhere: the engine must apply each of them. A server that
/// somebody else started has its context and threads already: what the suite says of them for all models is
/// no wish to it (the record says not_supported), what it says for this model, or sweeps, is.
std::set<std::string> params_in_use(const Runner& runner, std::uint32_t model, bool over_http) {
  std::set<std::string> names;
  for (const auto& [name, value] : runner.plan.models[model].params) names.insert(name);
  for (const record::Cell& cell : runner.plan.cells) {
    for (const auto& [name, value] : cell.params) names.insert(name);
  }
  // One request shows what the suite itself sets; what a single case sets is told by the engine's echo. The
  // defaults are sent to everybody and asked of nobody.
  const record::Params defaults = record::default_params();
  for (const record::Stretch& stretch : runner.plan.stretches) {
    if (stretch.model != model) continue;
    for (const auto& [name, value] : stretch.load_params) {
      if (!over_http) names.insert(name);
    }
    for (const auto& [name, value] : runner.request_of(runner.plan.trials[stretch.begin]).params) {
      const record::ParamSpec* spec = record::find_param(name);
      const bool of_load = spec != nullptr && spec->scope == record::ParamScope::load;
      if (!defaults.contains(name) && name != "seed" && !(over_http && of_load)) names.insert(name);
    }
  }
  return names;
}

Errors unsupported_params(const Runner& runner, std::uint32_t model, const backend::Loaded& loaded) {
  Errors errors;
  if (loaded.takes_any_param) return errors;
  for (const std::string& name : params_in_use(runner, model, loaded.over_http)) {
    if (std::find(loaded.supported.begin(), loaded.supported.end(), name) != loaded.supported.end()) continue;
    errors.push_back(
        {.code = Code::unsupported,
         .where = runner.plan.models[model].where,
         .found =
             fmt::format("model '{}': its engine does not apply '{}'", runner.plan.models[model].label, name),
         .expected = "one of: " + join(loaded.supported, ", "),
         .remedy = "Leave the parameter out for this model: a setting that has no effect is not measured"});
  }
  return errors;
}

std::string_view what_it_takes_none_of(std::string_view kind) {
  if (kind == "tools") return "no tools, and some cases offer some";
  return kind == "image" ? "no image, and some cases have one" : "no recording, and some cases have one";
}

/// Cases with pictures, sound or tools for a model that takes none.
Errors unsupported_media(const Runner& runner, std::uint32_t model, const backend::Loaded& loaded) {
  Errors errors;
  for (const std::string& kind : runner.plan.media) {
    if (std::find(loaded.media.begin(), loaded.media.end(), kind) != loaded.media.end()) continue;
    const record::ModelSpec& spec = runner.plan.models[model];
    errors.push_back({.code = Code::unsupported,
                      .where = spec.where,
                      .found = fmt::format("model '{}' takes {}", spec.label, what_it_takes_none_of(kind)),
                      .expected = "a model and an engine that take it",
                      .remedy = "Leave this model out of the suite, or these cases (--case)"});
  }
  return errors;
}

/// What stands against comparing choices by likelihood with this model.
Errors unscorable(const Runner& runner, const record::Stretch& stretch, const backend::Loaded& loaded) {
  if (!runner.plan.scores_choices) return {};
  const record::ModelSpec& spec = runner.plan.models[stretch.model];
  if (!loaded.scores)
    return {
        {.code = Code::unsupported,
         .where = spec.where,
         .found = fmt::format("model '{}': its engine gives no log-likelihoods of a text", spec.label),
         .expected = "an engine that does: llama, transformers",
         .remedy = "Run the model's file with one of them, or have answers generated (without 'method')"}};
  const TrialRequest request = runner.request_of(runner.plan.trials[stretch.begin]);
  const auto think = request.params.find("think");
  const bool off = think != request.params.end() && think->second == false;
  const bool can = loaded.facts.is_object() && loaded.facts.value("can_think", Json()) == true;
  if (request.prompt.raw || off || !can) return {};
  return {
      {.code = Code::unsupported,
       .where = spec.where,
       .found = fmt::format("model '{}' thinks before it answers, so its choices have no likelihood behind "
                            "the prompt",
                            spec.label),
       .expected = "thinking switched off",
       .remedy = "Write: params: {think: false}, or use a prompt without template (raw: true)"}};
}

Error named(Error error, const record::ModelSpec& spec) {
  error.found = fmt::format("model '{}': {}", spec.label, error.found);
  if (error.where.file.empty()) error.where = spec.where;
  return error;
}

}  // namespace

Preflight preflight(const Runner& runner, const std::function<bool(std::uint32_t)>& may_load) {
  Preflight result;
  std::set<std::uint32_t> seen;
  std::vector<const record::Stretch*> firsts;
  for (const record::Stretch& stretch : runner.plan.stretches) {
    if (seen.insert(stretch.model).second) firsts.push_back(&stretch);
  }
  // Backwards, so that the model that runs first is loaded last and can stay.
  for (auto at = firsts.rbegin(); at != firsts.rend(); ++at) {
    const std::uint32_t model = (*at)->model;
    const bool is_first = at + 1 == firsts.rend();
    if (runner.stop.load(std::memory_order_relaxed)) return result;
    if (!is_first && !may_load(model)) continue;
    runner.observer.on_load_begin(model);
    auto loaded = runner.backends[model]->load(load_request(runner, **at));
    if (!loaded && runner.stop.load(std::memory_order_relaxed)) return result;
    if (!loaded) {
      result.errors.push_back(named(loaded.error(), runner.plan.models[model]));
      continue;
    }
    const std::size_t before = result.errors.size();
    for (const Errors& refused :
         {unsupported_params(runner, model, *loaded), unsupported_media(runner, model, *loaded),
          unscorable(runner, **at, *loaded)})
      result.errors.insert(result.errors.end(), refused.begin(), refused.end());
    if (result.errors.size() == before) runner.observer.on_proven(model, *loaded);
    if (is_first && result.errors.empty())
      result.first = Preloaded{model, std::move(*loaded)};
    else
      runner.backends[model]->unload();
  }
  return result;
}

}  // namespace assay::runner
