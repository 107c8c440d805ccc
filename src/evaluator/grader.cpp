#include "evaluator/grader.h"

#include <algorithm>
#include <exception>
#include <set>

#include "base/hash.h"
#include "evaluator/grader_plan.h"
#include "evaluator/judges.h"
#include "evaluator/judging.h"
#include "evaluator/options.h"
#include "evaluator/pattern.h"
#include "evaluator/table.h"
#include "evaluator/unicode.h"
#include "sandbox/remembering.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::Verdict;

Result<std::vector<Pipeline>> compile_pipelines(const std::vector<record::Pipeline>& given, bool benchy) {
  std::vector<record::Pipeline> wanted = given;
  if (wanted.empty()) {
    // Benchy looks at every byte of the answer.
    wanted.push_back(benchy ? record::Pipeline{.name = "benchy", .filters = {}, .where = {}}
                            : Pipeline::default_pipeline());
  }
  std::vector<Pipeline> pipelines;
  std::set<std::string_view> names{kRawPipeline};
  for (const record::Pipeline& pipeline : wanted) {
    if (!names.insert(pipeline.name).second) {
      Error error = suite_error("pipeline name " + as_quoted(pipeline.name) + " is taken", "a unique name",
                                "'raw' is the text without any filter");
      error.where = pipeline.where;
      return fail(std::move(error));
    }
    Result<Pipeline> compiled = Pipeline::make(pipeline);
    if (!compiled) return fail(compiled.error());
    pipelines.push_back(std::move(*compiled));
  }
  Result<Pipeline> raw = Pipeline::make({.name = std::string(kRawPipeline), .filters = {}, .where = {}});
  if (!raw) return fail(raw.error());
  pipelines.push_back(std::move(*raw));
  return pipelines;
}

Verdict without_grader(Mark mark, std::string_view reason, std::string detail) {
  Verdict verdict;
  verdict.mark = mark;
  verdict.reason = reason;
  verdict.detail = std::move(detail);
  return verdict;
}

std::string without_not(std::string_view label) {
  return std::string(label.starts_with("not-") ? label.substr(4) : label);
}

void collect_labels(const std::vector<Assertion>& assertions, std::set<std::string>& labels) {
  for (const Assertion& assertion : assertions) {
    labels.insert(without_not(assertion.label));
    collect_labels(assertion.members, labels);
  }
}

bool runs_code(const std::vector<record::Check>& checks) {
  return std::any_of(checks.begin(), checks.end(), [](const record::Check& check) {
    const EvaluatorEntry* entry = find_evaluator(check.type);
    return (entry != nullptr && entry->runs_code) || runs_code(check.members);
  });
}

void add_judges(const std::vector<record::Check>& checks, std::vector<std::string>& judges) {
  for (const record::Check& check : checks) {
    add_judges(check.members, judges);
    const EvaluatorEntry* entry = find_evaluator(check.type);
    if (entry == nullptr || !entry->traits.asks_models) continue;
    for (const std::string& name : Options(check.options).texts("judges", {})) {
      if (std::find(judges.begin(), judges.end(), name) == judges.end()) judges.push_back(name);
    }
  }
}

void add_judge_prompts(const std::vector<record::Check>& checks, std::set<std::string>& prompts) {
  for (const record::Check& check : checks) {
    add_judge_prompts(check.members, prompts);
    const EvaluatorEntry* entry = find_evaluator(check.type);
    if (entry == nullptr || !entry->traits.asks_models) continue;
    prompts.insert(std::string(judge_form(check.type)) + '\0' + (check.value ? as_text(*check.value) : ""));
  }
}

/// Two runs whose judges were told other things are not one measure.
Json judging_of(const record::Suite& suite) {
  const std::vector<std::string> judges = judges_of(suite);
  if (judges.empty()) return {};
  std::set<std::string> prompts;
  add_judge_prompts(suite.checks, prompts);
  for (const record::Case& test_case : suite.cases) add_judge_prompts(test_case.checks, prompts);
  std::string bytes;
  for (const std::string& prompt : prompts) bytes += std::to_string(prompt.size()) + ':' + prompt;
  return {{"judges", judges}, {"prompt", short_hash(bytes, 12)}};
}

void add_questions(const std::vector<record::Check>& checks, HumanQuestion& question) {
  for (const record::Check& check : checks) {
    add_questions(check.members, question);
    if (check.type != "human") continue;
    question.blind = question.blind || Options(check.options).boolean("blind", false);
    HumanCheck asked{.name = name_for_raters(check.metric, check.value ? &*check.value : nullptr),
                     .question = check.value ? as_text(*check.value) : std::string()};
    const bool known = std::any_of(question.checks.begin(), question.checks.end(),
                                   [&](const HumanCheck& one) { return one.name == asked.name; });
    if (!known) question.checks.push_back(std::move(asked));
  }
}

}  // namespace

HumanQuestion question_of(const record::Suite& suite, const record::Case& test_case) {
  HumanQuestion question;
  add_questions(test_case.checks.empty() ? suite.checks : test_case.checks, question);
  return question;
}

bool needs_sandbox(const record::Suite& suite) {
  return runs_code(suite.checks) ||
         std::any_of(suite.cases.begin(), suite.cases.end(),
                     [](const record::Case& test_case) { return runs_code(test_case.checks); });
}

std::vector<std::string> judges_of(const record::Suite& suite) {
  std::vector<std::string> judges;
  add_judges(suite.checks, judges);
  for (const record::Case& test_case : suite.cases) add_judges(test_case.checks, judges);
  return judges;
}

Result<Grader> Grader::make(const record::Suite& suite, std::shared_ptr<sandbox::Sandbox> sandbox,
                            std::shared_ptr<Judges> judges, std::shared_ptr<Embeddings> embeddings,
                            std::shared_ptr<const Ratings> ratings) {
  auto plan = std::make_shared<GraderPlan>();
  const bool benchy = suite.grading == record::Grading::benchy;
  plan->benchy = benchy;
  Result<std::vector<Pipeline>> pipelines = compile_pipelines(suite.pipelines, benchy);
  if (!pipelines) return fail(pipelines.error());
  plan->pipelines = std::move(*pipelines);
  for (const Pipeline& pipeline : plan->pipelines) {
    for (const std::string& label : pipeline.labels())
      plan->reads_choices = plan->reads_choices || label.starts_with("choice@");
  }
  if (sandbox) plan->sandbox = std::make_shared<sandbox::Remembering>(std::move(sandbox));
  plan->judges = std::move(judges);
  plan->embeddings = std::move(embeddings);
  plan->ratings = std::move(ratings);
  plan->judging = judging_of(suite);
  Result<std::shared_ptr<const Toolbox>> tools = Toolbox::make(suite.tools);
  if (!tools) return fail(tools.error());
  plan->tools = *std::move(tools);
  plan->parallel = suite.load.streams();
  plan->raw_completion = suite.prompt.raw;
  Result<std::shared_ptr<const CheckList>> checks = compile_checks(*plan, suite.checks);
  if (!checks) return fail(checks.error());
  plan->suite_checks = std::move(*checks);
  plan->cases.reserve(suite.cases.size());
  for (const record::Case& test_case : suite.cases) {
    Result<CasePlan> compiled = compile_case(*plan, test_case);
    if (!compiled) return fail(compiled.error());
    plan->cases.insert_or_assign(test_case.id, std::move(*compiled));
  }
  if (plan->images->images() == 1) return fail(single_image(suite.cases.front().where));
  plan->images->close();
  return Grader(std::move(plan));
}

Verdict Grader::judge(const record::Case& test_case, const record::Sample& sample) const {
  try {
    const auto known = plan_->cases.find(test_case.id);
    if (known != plan_->cases.end()) return judge_sample(*plan_, known->second, test_case, sample);
    const Result<CasePlan> compiled = compile_case(*plan_, test_case);
    if (!compiled) return without_grader(Mark::ungraded, "grader_missing", message(compiled.error()));
    return judge_sample(*plan_, *compiled, test_case, sample);
  } catch (const std::exception& error) {  // no memory, or a fault of ours: never the model's failure
    return without_grader(Mark::error, "internal", error.what());
  }
}

Json Grader::versions() const {
  std::set<std::string> evaluators;
  collect_labels(plan_->suite_checks->assertions, evaluators);
  for (const auto& [id, compiled] : plan_->cases) {
    if (compiled.list != plan_->suite_checks) collect_labels(compiled.list->assertions, evaluators);
  }
  std::set<std::string> filters;
  for (const Pipeline& pipeline : plan_->pipelines) {
    for (std::string& label : pipeline.labels()) filters.insert(std::move(label));
  }
  Json versions{{"grader", kGraderVersion},     {"evaluators", evaluators},
                {"filters", filters},           {"icu", icu_version()},
                {"unicode", unicode_version()}, {"pcre2", pattern_engine_version()}};
  if (!plan_->judging.is_null()) versions["judging"] = plan_->judging;
  const bool ran_code = std::any_of(evaluators.begin(), evaluators.end(), [](const std::string& label) {
    const EvaluatorEntry* entry = find_evaluator(label.substr(0, label.find('@')));
    return entry != nullptr && entry->runs_code;
  });
  if (ran_code && plan_->sandbox != nullptr) {
    versions["sandbox"] = plan_->sandbox->describe();
    const sandbox::Signature signature = plan_->sandbox->signature();
    if (!signature.interpreter.empty()) versions["python"]["version"] = signature.interpreter;
    if (!signature.library.empty()) versions["python"]["library"] = signature.library;
  }
  return versions;
}

}  // namespace assay::evaluator
