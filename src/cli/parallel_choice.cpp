#include "cli/parallel_choice.h"

#include <algorithm>
#include <optional>

#include "backend/table.h"
#include "base/json_members.h"
#include "base/process.h"
#include "evaluator/table.h"
#include "model/facts.h"
#include "model/memory.h"

namespace assay::cli {
namespace {

// Tokens a second of all streams together still rise up to here: 61 for one stream, 103 for 8, 144 for 16,
// 151 for 32 (llama-batched-bench, 0.5 B, Q4_0, two cores that others used as well).
constexpr std::uint64_t kMost = 32;
constexpr std::uint64_t kServer = 4;
constexpr std::uint64_t kDue = 256;
constexpr std::uint64_t kShareOfMemory = 4;
// Requests that share their beginning lie in one cache, and the engine weighs each token against all that
// lies there, also against what is others'. That costs as much as a token's weights where it is six widths of
// the model long. Twenty prompts of 870 tokens with no beginning in common took tiny-s nine times as long
// together as one after another.
constexpr std::uint64_t kWidths = 4;

/// More would lose at reading prompts what they win at writing answers.
std::uint64_t worth_it(const model::ModelFacts& facts, std::uint64_t rest) {
  if (!facts.embedding || facts.sliding_window || rest == 0) return kMost;
  return std::clamp<std::uint64_t>(kWidths * *facts.embedding / rest, 1, kMost);
}

/// What fits for a model file of requests that need `each` tokens beside the `common` ones that are there
/// once; kMost where the need cannot be told (the worker refuses what does not fit).
std::uint64_t fitting(const model::ModelFacts& facts, std::uint64_t common, std::uint64_t each) {
  const auto available = available_memory();
  if (!available) return kMost;
  model::MemoryOptions options;
  options.context = 1024;
  const auto kilo = model::kv_cache_bytes(facts, options);
  if (!kilo || *kilo < options.context) return kMost;
  // The weights need their place first: a model that fits alone is never refused because of its company.
  const std::uint64_t rest = *available > facts.file_bytes ? *available - facts.file_bytes : 0;
  const std::uint64_t tokens = rest / kShareOfMemory / (*kilo / options.context);
  return std::clamp<std::uint64_t>((tokens - std::min(tokens, common)) / std::max<std::uint64_t>(1, each), 1,
                                   kMost);
}

/// Where the beginnings are not foretold, each request is counted whole.
std::uint64_t fitting(const record::Plan& plan, const record::Stretch& stretch, std::uint64_t rest) {
  const auto facts = model::inspect(plan.models[stretch.model].model);
  if (!facts) return kMost;
  const auto asked = stretch.load_params.find("context");
  const auto named = asked != stretch.load_params.end() ? whole_from(asked->second) : std::nullopt;
  const std::uint64_t context = named.value_or(plan.longest_request);
  const bool foretold = stretch.alone && plan.shared_need.own > 0;
  if (!foretold) return fitting(*facts, 0, context);
  return std::min(worth_it(*facts, rest),
                  fitting(*facts, plan.shared_need.common, std::min(context, plan.shared_need.own)));
}

/// Some check compares a time or a rate of the sample with a threshold in that unit.
bool judges_time(const std::vector<record::Check>& checks) {
  return std::any_of(checks.begin(), checks.end(), [](const record::Check& check) {
    if (!check.members.empty()) return judges_time(check.members);
    const evaluator::EvaluatorEntry* entry = evaluator::find_evaluator(check.type);
    return entry != nullptr && entry->traits.any_ending && entry->traits.own_threshold;
  });
}

/// Where only one would go at a time, the load that nobody named is the one stream that it always was.
void drop_useless_default(record::Plan& plan) {
  bool any = false;
  for (record::Stretch& stretch : plan.stretches) {
    if (stretch.parallel < 2) stretch.alone.reset();
    any = any || stretch.alone.has_value();
  }
  if (!any) plan.load = {};
}

}  // namespace

std::function<bool(const record::ModelSpec&)> sharing_by_default(const record::Suite& suite) {
  const bool by_time = judges_time(suite.checks) ||
                       std::any_of(suite.cases.begin(), suite.cases.end(),
                                   [](const record::Case& test) { return judges_time(test.checks); });
  if (by_time) return {};
  return [](const record::ModelSpec& model) {
    const backend::Entry* entry = backend::find(model.engine);
    return entry != nullptr && entry->batches;
  };
}

void choose_parallel(record::Plan& plan, std::uint64_t rest) {
  if (!plan.load.automatic && !plan.load.rate_per_s) return;
  for (record::Stretch& stretch : plan.stretches) {
    if (plan.load.by_default && !stretch.alone) continue;
    const record::ModelSpec& spec = plan.models[stretch.model];
    const backend::Entry* entry = backend::find(spec.engine);
    const bool server = entry != nullptr && entry->over_http;
    std::uint64_t most = server ? kServer : kMost;
    // What is due goes out: whether the server takes it or lets it wait is what such a load measures.
    if (plan.load.rate_per_s && (server || spec.engine == "fake")) most = kDue;
    if (spec.engine == "llama") most = fitting(plan, stretch, rest);
    const std::uint64_t shared = stretch.end - stretch.begin - stretch.alone.value_or(0);
    stretch.parallel =
        static_cast<int>(std::clamp<std::uint64_t>(most, 1, std::max<std::uint64_t>(1, shared)));
  }
  if (plan.load.by_default) drop_useless_default(plan);
}

}  // namespace assay::cli
