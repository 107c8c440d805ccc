#include "evaluator/toolbox.h"

#include <fmt/format.h>

#include "evaluator/table.h"

namespace assay::evaluator {
namespace {

std::optional<Error> try_calls(const std::vector<record::Check>& checks, const record::Case& test_case,
                               const std::shared_ptr<const Toolbox>& tools) {
  for (const record::Check& check : checks) {
    if (auto error = try_calls(check.members, test_case, tools)) return error;
    const EvaluatorEntry* entry = find_evaluator(check.type);
    if (entry == nullptr || !entry->traits.reads_calls) continue;
    const record::Value* expect = test_case.expect ? &*test_case.expect : nullptr;
    const MadeEvaluator made =
        make_evaluator(check, expect, nullptr, {.test_case = &test_case, .tools = tools});
    if (made) continue;
    Error error = made.error();
    error.where = check.value ? check.where : test_case.where;
    return error;
  }
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<const Toolbox>> Toolbox::make(const std::vector<record::Tool>& tools) {
  if (tools.empty()) return nullptr;
  auto made = std::make_shared<Toolbox>();
  for (const record::Tool& tool : tools) {
    std::optional<JsonSchema>& schema = made->schemas_[tool.name];
    if (tool.parameters.kind == record::Value::Kind::null) continue;
    Result<JsonSchema> compiled = JsonSchema::make(tool.parameters);
    if (!compiled) {
      Error error = compiled.error();
      error.found = fmt::format("parameters of the tool '{}': {}", tool.name, error.found);
      error.where = tool.where;
      return fail(std::move(error));
    }
    schema = *std::move(compiled);
  }
  return made;
}

const JsonSchema* Toolbox::schema_of(std::string_view name) const {
  const auto at = schemas_.find(name);
  return at == schemas_.end() || !at->second ? nullptr : &*at->second;
}

std::vector<std::string> Toolbox::names() const {
  std::vector<std::string> names;
  for (const auto& [name, schema] : schemas_) names.push_back(name);
  return names;
}

std::optional<Error> try_tools(const record::Suite& suite) {
  const auto tools = Toolbox::make(suite.tools);
  if (!tools) return tools.error();
  for (const record::Case& test_case : suite.cases) {
    const auto own = Toolbox::make(test_case.tools);
    if (!own) return own.error();
    const auto& checks = test_case.checks.empty() ? suite.checks : test_case.checks;
    if (auto error = try_calls(checks, test_case, *own ? *own : *tools)) return error;
  }
  return std::nullopt;
}

}  // namespace assay::evaluator
