#include "evaluator/grader_plan.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/choices.h"
#include "evaluator/options.h"
#include "evaluator/table.h"

namespace assay::evaluator {
namespace {

using record::Check;

tl::unexpected<Error> at(const Check& check, Error error) {
  if (error.where == Location{}) error.where = check.where;
  return fail(std::move(error));
}

Result<std::optional<std::size_t>> pipeline_of(const GraderPlan& plan, const Check& check) {
  if (check.pipeline.empty()) return std::optional<std::size_t>{};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan.pipelines.size(); ++i) {
    if (plan.pipelines[i].name() == check.pipeline) return std::optional(i);
    names.push_back(plan.pipelines[i].name());
  }
  return fail(suite_error("unknown pipeline " + as_quoted(check.pipeline), "one of: " + join(names, ", ")));
}

Result<On> on_of(const Check& check) {
  if (check.on == "answer") return On::answer;
  if (check.on == "reasoning") return On::reasoning;
  if (check.on == "raw") return On::raw;
  return fail(suite_error("'on' is " + as_quoted(check.on), "one of: answer, reasoning, raw"));
}

/// True when the evaluator differs from case to case.
bool depends_on_case(const Check& check, const EvaluatorEntry& entry) {
  return entry.traits.per_case || (!check.value && takes_expectation(entry.value));
}

Error no_sandbox(const EvaluatorEntry& entry) {
  return {.code = Code::unavailable,
          .where = {},
          .found = fmt::format("{} runs programs that the model wrote, and there is no sandbox", entry.name),
          .expected = "a sandbox on this machine",
          .remedy = "'assay doctor' says what is missing; --unsafe-no-sandbox runs them without protection"};
}

/// What a check and a set have in common.
Result<Assertion> common(const GraderPlan& plan, const Check& check) {
  Assertion assertion;
  assertion.weight = check.weight;
  assertion.metric = check.metric;
  assertion.threshold = check.threshold;
  if (!(std::isfinite(check.weight) && check.weight >= 0)) {
    return at(check, suite_error(fmt::format("weight is {}", check.weight), "a number that is not negative"));
  }
  const Result<std::optional<std::size_t>> pipeline = pipeline_of(plan, check);
  if (!pipeline) return at(check, pipeline.error());
  assertion.pipeline = *pipeline;
  const Result<On> on = on_of(check);
  if (!on) return at(check, on.error());
  assertion.on = *on;
  return assertion;
}

Result<Assertion> compile_single(const GraderPlan& plan, const Check& check, std::size_t& slots) {
  Result<Assertion> assertion = common(plan, check);
  if (!assertion) return assertion;
  const EvaluatorEntry* entry = find_evaluator(check.type);
  if (entry != nullptr && entry->runs_code && plan.sandbox == nullptr) return at(check, no_sandbox(*entry));
  if (entry == nullptr || !depends_on_case(check, *entry)) {
    MadeEvaluator evaluator = make_evaluator(check, nullptr, plan.sandbox,
                                             {.judges = plan.judges,
                                              .parallel = plan.parallel,
                                              .embeddings = plan.embeddings,
                                              .ratings = plan.ratings});
    if (!evaluator) return at(check, evaluator.error());
    assertion->evaluator = std::move(*evaluator);
  } else {
    assertion->slot = slots++;
  }
  const EvaluatorEntry& known = *find_evaluator(check.type);
  assertion->label = (check.negate ? "not-" : "") + label_of(known);
  assertion->negate = check.negate;
  assertion->any_ending = known.traits.any_ending;
  assertion->counts_silence = known.traits.counts_silence;
  assertion->reads_calls = known.traits.reads_calls;
  if (known.traits.own_threshold) assertion->threshold.reset();
  return assertion;
}

Result<Assertion> compile_set(const GraderPlan& plan, const Check& check, std::size_t& slots) {
  Result<Assertion> set = common(plan, check);
  if (!set) return set;
  set->label = "assert-set@1";
  for (const Check& member : check.members) {
    Result<Assertion> compiled = compile_single(plan, member, slots);
    if (!compiled) return compiled;
    set->counts_silence = set->counts_silence || compiled->counts_silence;
    set->members.push_back(std::move(*compiled));
  }
  return set;
}

/// Fills the slots in the order in which compile_single() handed them out.
Result<void> fill(const std::vector<Check>& checks, const record::Case& test_case, const GraderPlan& plan,
                  const std::shared_ptr<const Toolbox>& tools, CasePlan& made) {
  const record::Value* expect = test_case.expect ? &*test_case.expect : nullptr;
  for (const Check& check : checks) {
    if (!check.members.empty()) {
      const Result<void> filled = fill(check.members, test_case, plan, tools, made);
      if (!filled) return filled;
      continue;
    }
    const EvaluatorEntry* entry = find_evaluator(check.type);
    if (entry == nullptr || !depends_on_case(check, *entry)) continue;
    MadeEvaluator evaluator = make_evaluator(check, expect, plan.sandbox,
                                             {.test_case = &test_case,
                                              .judges = plan.judges,
                                              .parallel = plan.parallel,
                                              .images = plan.images,
                                              .embeddings = plan.embeddings,
                                              .tools = tools,
                                              .ratings = plan.ratings});
    if (!evaluator) {
      Error error = evaluator.error();
      error.where = test_case.where;
      return fail(std::move(error));
    }
    made.evaluators.push_back(std::move(*evaluator));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const CheckList>> compile_checks(const GraderPlan& plan,
                                                        const std::vector<Check>& checks) {
  auto list = std::make_shared<CheckList>();
  list->checks = checks;
  std::size_t slots = 0;
  for (const Check& check : checks) {
    Result<Assertion> compiled =
        check.members.empty() ? compile_single(plan, check, slots) : compile_set(plan, check, slots);
    if (!compiled) return fail(compiled.error());
    list->assertions.push_back(std::move(*compiled));
  }
  return list;
}

Result<CasePlan> compile_case(const GraderPlan& plan, const record::Case& test_case) {
  CasePlan compiled;
  compiled.list = plan.suite_checks;
  if (!test_case.checks.empty()) {
    Result<std::shared_ptr<const CheckList>> own = compile_checks(plan, test_case.checks);
    if (!own) return fail(own.error());
    compiled.list = std::move(*own);
  }
  if (plan.reads_choices) {
    const Result<std::vector<Choice>> choices = choices_from(test_case.choices);
    if (!choices) {
      Error error = choices.error();
      error.where = test_case.where;
      return fail(std::move(error));
    }
  }
  const auto own_tools = Toolbox::make(test_case.tools);
  if (!own_tools) return fail(own_tools.error());
  const Result<void> filled =
      fill(compiled.list->checks, test_case, plan, *own_tools ? *own_tools : plan.tools, compiled);
  if (!filled) return fail(filled.error());
  compiled.evaluators.shrink_to_fit();
  return compiled;
}

}  // namespace assay::evaluator
