#include "cli/stored_plan.h"

#include <fmt/format.h>

#include "base/json_members.h"
#include "base/text.h"
#include "cli/parallel_choice.h"
#include "cli/summarise.h"
#include "plan/plan.h"

namespace assay::cli {
namespace {

tl::unexpected<Error> damaged(const record::Run& run, std::string found, std::string expected) {
  return fail({.code = Code::bad_input,
               .where = {.file = "run " + run.id, .line = 0, .column = 0},
               .found = "the store is damaged: " + std::move(found),
               .expected = std::move(expected),
               .remedy = "Start a new run of the suite"});
}

/// As they were resolved then: the suite's text names them from another folder. What engines are told is
/// checked where a suite is read, so what did not come from there is checked here.
Result<std::vector<record::ModelSpec>> stored_models(const record::Run& run) {
  std::vector<record::ModelSpec> specs;
  for (const record::ModelRecord& model : run.models) {
    for (const auto& [name, value] : model.spec.params) {
      const record::ParamSpec* spec = record::find_param(name);
      const std::string label = printable(model.spec.label, 60);
      if (spec == nullptr)
        return damaged(run, fmt::format("model '{}' has a setting '{}'", label, printable(name, 60)),
                       "one that engines know");
      if (auto good = record::checked_param(*spec, value); !good)
        return damaged(run, fmt::format("for model '{}' {}", label, good.error().found),
                       good.error().expected);
    }
    specs.push_back(model.spec);
  }
  return specs;
}

/// The cases that the run was cut down to; empty: all. Taken for all, a list that cannot be read would ask
/// for more than anybody wanted.
Result<std::vector<std::string>> stored_cases(const record::Run& run) {
  std::vector<std::string> cases;
  if (!run.options.contains("cases")) return cases;
  const Json* list = list_of(run.options, "cases");
  if (list == nullptr) return damaged(run, "the option 'cases' is no list", "a list of case ids");
  for (const Json& id : *list) {
    if (!id.is_string())
      return damaged(run, "the option 'cases' holds more than texts", "a list of case ids");
    cases.push_back(id.get<std::string>());
  }
  return cases;
}

}  // namespace

Result<Prepared> prepared_from_store(const record::Run& run) {
  auto suite = stored_suite(run);
  if (!suite) return fail(suite.error());
  auto models = stored_models(run);
  if (!models) return fail(models.error());
  auto cases = stored_cases(run);
  if (!cases) return fail(cases.error());
  Prepared prepared;
  prepared.suite = std::move(*suite);
  prepared.suite.models = *std::move(models);
  prepared.options = run.options.is_object() ? run.options : Json::object();
  plan::Options options{.seed = run.seed, .cases = *std::move(cases)};
  if (run.load.by_default) options.shares_by_default = sharing_by_default(prepared.suite);
  auto plan = plan::expand(prepared.suite, options);
  if (!plan) return fail(plan.error());
  prepared.plan = std::move(*plan);
  settle_load(prepared);
  return prepared;
}

}  // namespace assay::cli
