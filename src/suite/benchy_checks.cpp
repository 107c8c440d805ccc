// What Benchy's five evaluators mean: under their own names with grading: benchy, translated with grading:
// assay.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "record/python_text.h"
#include "suite/benchy.h"
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

void add_translated(const std::string& evaluator, const Location& where, record::Suite& suite) {
  record::Pipeline main{.name = "main", .filters = {}, .where = where};
  main.filters.push_back({.name = "reasoning-split", .options = {}, .where = where});
  main.filters.push_back(
      {.name = "code-block", .options = options_of({{"fallback", "whole"}}), .where = where});
  suite.pipelines = {std::move(main)};
  suite.checks = {translated(evaluator, true)};
  suite.checks.front().where = where;
  if (!is_numeric_benchy(evaluator)) return;
  for (record::Case& test : suite.cases) {
    if (!test.expect) continue;
    const std::optional<double> number = number_in(*test.expect);
    if (number && is_plain_number(*test.expect)) continue;
    test.checks = {translated(evaluator, number.has_value())};
    if (number) test.checks.front().value = record::Value::of_number(python_float_text(*number));
    test.checks.front().where = test.where;
  }
}

}  // namespace

void add_benchy_checks(Reader& reader, const Location& where, record::Suite& suite) {
  const std::string& evaluator = suite.benchy->evaluator;
  if (suite.grading == record::Grading::benchy) {
    record::Check check;
    check.type = evaluator;
    check.pipeline = "raw";
    check.where = where;
    suite.checks = {std::move(check)};
  } else {
    add_translated(evaluator, where, suite);
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
