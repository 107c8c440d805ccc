#include "suite/method.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "record/choice_score.h"

namespace assay::suite {
namespace {

constexpr std::size_t kMaxDelimiterBytes = 64;
constexpr std::size_t kMaxChoices = 1024;  // of one `score` (docs/wire.md)
constexpr std::string_view kGenerate = "Leave 'method' out to have answers generated";

record::Check by(std::string_view figure, double weight, const Location& where) {
  record::Check check;
  check.type = record::kLogLikelihood;
  check.options = {.kind = record::Value::Kind::mapping,
                   .text = {},
                   .items = {record::Value::of_text(std::string(figure))},
                   .keys = {"by"}};
  check.weight = weight;
  check.where = where;
  return check;
}

/// The field's names for the three figures, where the author gives none.
void name_metric(record::Check& check) {
  if (!check.metric.empty() || check.type != record::kLogLikelihood) return;
  const record::Value* figure = check.options.find("by");
  check.metric = figure == nullptr ? "acc" : figure->text;
}

template <class Visit>
void for_each_check(record::Suite& suite, const Visit& visit) {
  const auto walk = [&](std::vector<record::Check>& checks) {
    for (record::Check& check : checks) {
      if (check.members.empty()) visit(check);
      for (record::Check& member : check.members) visit(member);
    }
  };
  walk(suite.checks);
  for (record::Case& test : suite.cases) walk(test.checks);
}

void check_choices(Reader& reader, const record::Case& test) {
  if (test.choices.size() > kMaxChoices)
    reader.error(test.where,
                 fmt::format("case '{}' has {} choices", printable(test.id, 40), test.choices.size()),
                 fmt::format("at most {} by log-likelihood", kMaxChoices));
  std::set<std::string> texts;
  for (const record::Value& choice : test.choices) {
    const std::string text = record::choice_text(choice);
    const bool fresh = texts.insert(text).second;
    if (!text.empty() && fresh) continue;
    reader.error(
        test.where,
        fmt::format("case '{}': {}", printable(test.id, 40),
                    text.empty() ? "a choice without text"
                                 : fmt::format("two choices with the text '{}'", printable(text, 60))),
        "choices that differ: their likelihoods are compared");
    return;
  }
}

/// A case with several right choices.
bool has_several(const record::Suite& suite) {
  return std::any_of(suite.cases.begin(), suite.cases.end(), [](const record::Case& test) {
    return test.expect && test.expect->kind == record::Value::Kind::list && test.expect->items.size() > 1;
  });
}

/// Nothing is sampled, so a sampling parameter would be a setting without effect.
void check_params(Reader& reader, const record::Params& params, const Location& where,
                  std::string_view whose) {
  for (const auto& [name, value] : record::with_scope(params, record::ParamScope::request)) {
    if (name == "think") continue;
    reader.error(where, fmt::format("{} in {} of a suite by log-likelihood", name, whose),
                 "only `think`, and parameters of the load", "Remove it: nothing is sampled");
  }
}

void check_settings(Reader& reader, Node root, const record::Suite& suite) {
  for (const std::string_view key : {"pipelines", "benchy"}) {
    if (const Node other = root.find_key(key))
      reader.error(other.where(), fmt::format("'{}' beside 'method: loglikelihood'", key), "one of them",
                   "There is no text of an answer. " + std::string(kGenerate));
  }
  const Node params = root.find_key("params");
  check_params(reader, suite.params, params ? params.where() : root.where(), "the params");
  for (const record::ModelSpec& model : suite.models)
    check_params(reader, model.params, model.where, fmt::format("the params of model '{}'", model.label));
  for (const record::SweepAxis& axis : suite.sweep)
    check_params(reader, {{axis.param, nullptr}}, root.find_key("sweep").where(), "the sweep");
  for (const record::Case& test : suite.cases)
    check_params(reader, test.params, test.where, fmt::format("case '{}'", printable(test.id, 40)));
}

}  // namespace

std::optional<record::LogLikelihood> read_method(Reader& reader, Node node) {
  constexpr std::array<std::string_view, 2> kKeys{"type", "delimiter"};
  record::LogLikelihood method;
  Node type = node;
  if (node.is(Kind::mapping)) {
    reader.check_keys(node, kKeys, "method");
    type = node.find("type");
    if (!type) {
      reader.error(node.where(), "method is a mapping without 'type'", "generation or loglikelihood",
                   "Write: {type: loglikelihood, delimiter: \" \"}");
      return std::nullopt;
    }
    if (const Node delimiter = node.find("delimiter")) {
      method.delimiter = reader.text(delimiter, "delimiter");
      if (method.delimiter && method.delimiter->size() > kMaxDelimiterBytes)
        reader.error(delimiter.where(), fmt::format("a delimiter of {} bytes", method.delimiter->size()),
                     fmt::format("at most {}", kMaxDelimiterBytes));
    }
  }
  if (reader.choice(type, "method", {"generation", record::kLogLikelihood}) == 1U) return method;
  return std::nullopt;
}

void settle_method(Reader& reader, Node root, record::Suite& suite) {
  if (!suite.log_likelihood) {
    for_each_check(suite, [&](const record::Check& check) {
      if (check.type != record::kLogLikelihood) return;
      reader.error(check.where, "loglikelihood judges likelihoods, and this suite has answers generated",
                   "'method: loglikelihood' in the suite", "Write: method: loglikelihood");
    });
    return;
  }
  check_settings(reader, root, suite);
  if (suite.checks.empty() && !root.find("evaluate")) {
    const Location where = root.find_key("method").where();
    if (has_several(suite))
      suite.checks = {by("mc1", 1, where), by("mc2", 0, where)};
    else
      suite.checks = {by("acc", 1, where), by("acc_norm", 0, where), by("acc_bytes", 0, where)};
  }
  for_each_check(suite, [&](record::Check& check) {
    name_metric(check);
    if (check.type == record::kLogLikelihood) return;
    reader.error(check.where,
                 fmt::format("{} looks at an answer, and by log-likelihood there is none", check.type),
                 "the evaluator loglikelihood", std::string(kGenerate));
  });
  for (const record::Case& test : suite.cases) check_choices(reader, test);
}

}  // namespace assay::suite
