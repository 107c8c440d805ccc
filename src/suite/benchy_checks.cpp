// What Benchy's five evaluators mean: under their own names with grading: benchy, translated with grading:
// assay.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "record/python_text.h"
#include "suite/benchy.h"
#include "suite/benchy_further.h"
#include "suite/benchy_names.h"

namespace assay::suite {
namespace {

bool knows(const record::Catalogue& catalogue, std::string_view evaluator) {
  return std::any_of(catalogue.evaluators.begin(), catalogue.evaluators.end(),
                     [&](const record::NameSpec& spec) { return spec.name == evaluator; });
}

/// A finite number by Python's rules, which also take 5. and 1_0 and every script's digits.
std::optional<double> number_in(const record::Value& value) {
  const auto number = python_float(record::python_text(value));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// Whether assay's own evaluators read it as that number, too.
bool is_plain_number(const record::Value& value) {
  const std::string whole = record::python_text(value);
  const std::string_view text = python_strip(whole);
  return !text.ends_with('.') && lower_ascii(text).find(".e") == std::string::npos &&
         text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
}

record::Value options_of(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  record::Value options;
  for (const auto& [key, value] : pairs) {
    options.kind = Kind::mapping;
    options.keys.emplace_back(key);
    options.items.push_back(record::Value::of_text(std::string(value)));
  }
  return options;
}

/// The evaluator of assay that asks the same. `number`: whether the expectation is one.
record::Check translated(std::string_view evaluator, bool number) {
  record::Check check;
  if (evaluator == kBenchyRaw) {
    check.type = "equals";
  } else if (evaluator == kBenchyJson) {
    check.type = "json-equals";
  } else {
    check.type = "python-output";
    const bool as_number = number && is_numeric_benchy(evaluator);
    const std::string_view compare = as_number ? "number" : "text";
    check.options = evaluator == kBenchyPrintNumber ? options_of({{"wrap", "print"}, {"compare", compare}})
                                                    : options_of({{"compare", compare}});
  }
  return check;
}

record::Check deciding(const record::Suite& suite, bool number, const Location& where) {
  const std::string& evaluator = suite.benchy->evaluator;
  record::Check check;
  if (suite.grading == record::Grading::benchy) {
    check.type = evaluator;
    check.pipeline = "raw";
  } else {
    check = translated(evaluator, number);
  }
  check.where = where;
  return check;
}

/// What the check that decides looks at; Benchy itself looks at the raw answer.
std::vector<record::Pipeline> deciding_pipelines(const record::Suite& suite, const Location& where) {
  if (suite.grading == record::Grading::benchy) return {};
  record::Pipeline main{.name = "main", .filters = {}, .where = where};
  main.filters.push_back({.name = "reasoning-split", .options = {}, .where = where});
  // Benchy takes the fence off whatever its word is; only programs have one that says which block it is.
  const bool runs = suite.benchy->evaluator != kBenchyRaw && suite.benchy->evaluator != kBenchyJson;
  main.filters.push_back({.name = "code-block",
                          .options = runs ? options_of({{"fallback", "whole"}})
                                          : options_of({{"langs", "any"}, {"fallback", "whole"}}),
                          .where = where});
  return {std::move(main)};
}

/// What decides, then the further checks of all cases, then those of one.
std::vector<record::Check> joined(record::Check first, const std::vector<record::Check>& of_all,
                                  const std::vector<record::Check>& of_one) {
  std::vector<record::Check> checks{std::move(first)};
  checks.insert(checks.end(), of_all.begin(), of_all.end());
  checks.insert(checks.end(), of_one.begin(), of_one.end());
  return checks;
}

void add_pipelines(bool more, const Location& where, record::Suite& suite) {
  suite.pipelines = deciding_pipelines(suite, where);
  if (!more) return;
  // The first pipeline is shown as what was judged: under Benchy's grading the answer as it came.
  if (suite.pipelines.empty()) suite.pipelines.push_back({.name = "benchy", .filters = {}, .where = where});
  for (record::Pipeline& pipeline : further_pipelines(suite)) suite.pipelines.push_back(std::move(pipeline));
}

}  // namespace

void add_benchy_checks(Reader& reader, const Location& where, record::Suite& suite) {
  const std::string& evaluator = suite.benchy->evaluator;
  const bool more = settle_further(reader, suite);
  add_pipelines(more, where, suite);
  const auto first = [&](bool number, const Location& place) {
    record::Check check = deciding(suite, number, place);
    if (more && check.pipeline.empty()) check.pipeline = suite.pipelines.front().name;
    return check;
  };
  const std::vector<record::Check>& further = suite.benchy->further;
  suite.checks = joined(first(true, where), further, {});
  const bool by_number = suite.grading == record::Grading::assay && is_numeric_benchy(evaluator);
  for (record::Case& test : suite.cases) {
    const auto number = by_number && test.expect ? number_in(*test.expect) : std::nullopt;
    const bool apart = by_number && test.expect && !(number && is_plain_number(*test.expect));
    if (!apart && test.checks.empty()) continue;
    record::Check check = first(!apart || number, apart ? test.where : where);
    if (apart && number) check.value = record::Value::of_number(python_float_text(*number));
    test.checks = joined(std::move(check), further, test.checks);
  }
  const std::string& needed = suite.checks.front().type;
  if (knows(reader.catalogue, needed)) return;
  const bool own = suite.grading == record::Grading::assay;
  reader.error(where,
               fmt::format("grading: {} of {} needs the evaluator '{}', which this build lacks",
                           name_of(suite.grading), evaluator, needed),
               "an evaluator that is there", own ? "Take grading: benchy" : "Use a newer assay",
               Code::unsupported);
  suite.checks.clear();
}

}  // namespace assay::suite
