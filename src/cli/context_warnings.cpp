#include "cli/context_warnings.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/json_members.h"
#include "model/facts.h"

namespace assay::cli {

Errors context_warnings(const record::Plan& plan) {
  std::map<std::uint32_t, std::uint64_t> longest;  // by model
  for (const record::Stretch& stretch : plan.stretches) {
    const auto asked = stretch.load_params.find("context");
    if (asked == stretch.load_params.end() || plan.models[stretch.model].engine != "llama") continue;
    std::uint64_t& most = longest[stretch.model];
    most = std::max(most, whole_from(asked->second).value_or(0));
  }
  Errors warnings;
  for (const auto& [index, context] : longest) {
    const record::ModelSpec& spec = plan.models[index];
    const auto facts = model::inspect(spec.model);
    if (!facts || !facts->context_length || context <= *facts->context_length) continue;
    warnings.push_back({.code = Code::bad_input,
                        .where = spec.where,
                        .found = fmt::format("model '{}' gets a context of {} tokens", spec.label, context),
                        .expected = fmt::format("at most {}, which it was made for", *facts->context_length),
                        .remedy = fmt::format("Set context to {} or less: behind its length it has learned "
                                              "nothing, and the cache takes memory for all",
                                              *facts->context_length)});
  }
  return warnings;
}

}  // namespace assay::cli
