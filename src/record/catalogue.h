// What exists to be named in a suite. Filled by the tables of evaluator/ and backend/, handed to suite/ by
// cli/, so that a suite is checked strictly without suite/ knowing any grader or engine.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/suite.h"

namespace assay::record {

enum class OptionKind { boolean, number, whole, text, text_list, any, choice };

/// One option that stands beside `type:` of a check or in a filter's mapping.
struct OptionSpec {
  std::string_view name;
  OptionKind kind;
  std::string_view choices;  ///< choice: words separated by '|'
  std::string_view help;
};

struct NameSpec {
  std::string_view name;
  std::string_view help;
  std::vector<OptionSpec> options;
  bool model_is_file = false;    ///< engines: what follows the colon is a path, relative to the suite file
  bool value_is_schema = false;  ///< evaluators: the check's value is a JSON Schema, which may name files
};

struct Catalogue {
  std::vector<NameSpec> evaluators;
  std::vector<NameSpec> filters;
  std::vector<NameSpec> engines;
  /// The deeper look at a check against one case: patterns compile, expectations can be read. `expect` is the
  /// check's value or the case's expectation, or nullptr when neither exists. `test_case`, where one is
  /// known, is for checks that read more of it (its choices). Errors carry no place.
  std::function<std::optional<Error>(const Check&, const Value* expect, const Case* test_case)> try_check;
  std::function<std::optional<Error>(const Filter&)> try_filter;
  /// What only the whole shows: the order of a pipeline's filters, cases that weigh each other's words. Asked
  /// last, when everything else is well; the error has a place.
  std::function<std::optional<Error>(const Suite&)> try_suite;
};

}  // namespace assay::record
