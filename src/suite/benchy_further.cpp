#include "suite/benchy_further.h"

#include <algorithm>

#include <fmt/format.h>

namespace assay::suite {
namespace {

bool is_named(const std::vector<record::Pipeline>& pipelines, std::string_view name) {
  return std::any_of(pipelines.begin(), pipelines.end(),
                     [&](const record::Pipeline& pipeline) { return pipeline.name == name; });
}

/// "contains", "contains 2", … the first that is free.
std::string free_name(const record::Check& check, const std::vector<std::string>& taken) {
  const std::string type = (check.negate ? "not-" : "") + check.type;
  std::string name = type;
  for (int number = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++number)
    name = fmt::format("{} {}", type, number);
  return name;
}

void settle(Reader& reader, std::vector<record::Check>& checks, std::vector<std::string>& names) {
  for (record::Check& check : checks) {
    if (check.weight != 0 && check.weight != 1)
      reader.error(check.where, fmt::format("a further check has weight {}", check.weight),
                   "no weight: Benchy's rule alone decides, and each further check is a score of its own",
                   "Remove it");
    check.weight = 0;
    if (check.metric.empty()) check.metric = free_name(check, names);
    if (check.pipeline.empty()) check.pipeline = kFurtherPipeline;
    names.push_back(check.metric);
  }
}

}  // namespace

bool settle_further(Reader& reader, record::Suite& suite) {
  // What decides looks at pipelines of these names.
  for (const record::Pipeline& pipeline : suite.benchy->pipelines) {
    if (pipeline.name == "main" || pipeline.name == "benchy")
      reader.error(pipeline.where, fmt::format("a pipeline named '{}' in a suite of Benchy", pipeline.name),
                   "another name", "The evaluator's own pipeline has it");
  }
  std::vector<std::string> names;
  settle(reader, suite.benchy->further, names);
  bool any = !suite.benchy->further.empty();
  for (record::Case& test : suite.cases) {
    std::vector<std::string> with_own = names;
    settle(reader, test.checks, with_own);
    any = any || !test.checks.empty();
  }
  return any;
}

std::vector<record::Pipeline> further_pipelines(const record::Suite& suite) {
  std::vector<record::Pipeline> pipelines = suite.benchy->pipelines;
  if (is_named(pipelines, kFurtherPipeline)) return pipelines;
  record::Pipeline answer{.name = std::string(kFurtherPipeline), .filters = {}, .where = {}};
  for (const char* name : {"reasoning-split", "trim"})
    answer.filters.push_back({.name = name, .options = {}, .where = {}});
  pipelines.push_back(std::move(answer));
  return pipelines;
}

record::Check as_written(record::Check further) {
  further.weight = 1;
  if (further.pipeline == kFurtherPipeline) further.pipeline.clear();
  return further;
}

}  // namespace assay::suite
