#include "evaluator/table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

using record::OptionKind;
using record::OptionSpec;

constexpr std::array kRegexOptions{
    OptionSpec{"flags", OptionKind::text, "",
               "letters of: i (any case), m (lines), s (dot matches all), x (blanks and "
               "comments), u (Unicode classes)"},
    OptionSpec{"full", OptionKind::boolean, "", "the pattern must match the whole text (false)"},
};

constexpr std::array kNumericOptions{
    OptionSpec{"pick", OptionKind::choice, "last|first|any|boxed|whole",
               "which number of the text counts (last)"},
    OptionSpec{"abs", OptionKind::number, "", "greatest absolute difference that passes (0)"},
    OptionSpec{"rel", OptionKind::number, "", "greatest difference as a share of the expected number (0)"},
    OptionSpec{"percent", OptionKind::choice, "strip|scale|require",
               "'%' is dropped, divides by 100, or must be there (strip)"},
    OptionSpec{"decimal", OptionKind::choice, ".|,", "the decimal mark; the other one groups digits (.)"},
    OptionSpec{"fractions", OptionKind::boolean, "", "read 3/4 as one number (false)"},
};

constexpr std::array kJsonEqualsOptions{
    OptionSpec{"numbers", OptionKind::choice, "strict|value", "whether 1 and 1.0 differ (strict)"},
    OptionSpec{"tolerance", OptionKind::number, "", "greatest absolute difference of numbers (0)"},
    OptionSpec{"ignore", OptionKind::text_list, "", "JSON pointers of parts that are not compared"},
    OptionSpec{"order", OptionKind::choice, "strict|any",
               "whether the order of array elements counts (strict)"},
    OptionSpec{"extra", OptionKind::choice, "fail|ignore", "names that only the answer has (fail)"},
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kIsJsonOptions{
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kContainsJsonOptions{
    OptionSpec{"kinds", OptionKind::text_list, "", "object, array (both)"},
};

constexpr std::array kPythonOutputOptions{
    OptionSpec{"compare", OptionKind::choice, "text|number|json|benchy",
               "how output and value are compared (number for a number, text for a text, else json)"},
    OptionSpec{"wrap", OptionKind::choice, "none|print",
               "the answer is an expression, and is printed (none)"},
    OptionSpec{"abs", OptionKind::number, "", "number: differences below this pass (1e-6)"},
    OptionSpec{"args", OptionKind::text_list, "", "arguments of the program"},
    OptionSpec{"stdin", OptionKind::text, "", "its standard input"},
    OptionSpec{"timeout_s", OptionKind::number, "", "seconds it may take (5)"},
};

// One line each; `assay grade` records name@version.
constexpr std::array kEvaluators{
    EvaluatorEntry{"equals", 1, "the text is exactly the value", ValueUse::required, {}, make_equals},
    EvaluatorEntry{"iequals",
                   1,
                   "the text is the value, upper and lower case alike",
                   ValueUse::required,
                   {},
                   make_iequals},
    EvaluatorEntry{"contains", 1, "the value occurs in the text", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains", 1, "contains, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"contains-all", 1, "every text of the list occurs", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains-all", 1, "contains-all, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{
        "contains-any", 1, "at least one text of the list occurs", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains-any", 1, "contains-any, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{
        "starts-with", 1, "the text begins with the value", ValueUse::required, {}, make_starts_with},
    EvaluatorEntry{"regex", 1, "the pattern matches somewhere", ValueUse::required, kRegexOptions,
                   make_regex},
    EvaluatorEntry{"numeric", 1, "a number of the text equals the value", ValueUse::required, kNumericOptions,
                   make_numeric},
    EvaluatorEntry{"json-equals", 1, "the text is JSON that equals the value", ValueUse::required,
                   kJsonEqualsOptions, make_json_equals},
    EvaluatorEntry{"is-json", 1, "the whole text is JSON", ValueUse::none, kIsJsonOptions, make_is_json},
    EvaluatorEntry{"contains-json", 1, "a JSON object or array occurs", ValueUse::none, kContainsJsonOptions,
                   make_contains_json},
    EvaluatorEntry{"python-output", 1, "the answer is a Python program that prints the value",
                   ValueUse::required, kPythonOutputOptions, make_python_output, true},
    EvaluatorEntry{"raw_string_evaluator",
                   1,
                   "Benchy: the answer without fences is the text",
                   ValueUse::required,
                   {},
                   make_benchy_text},
    EvaluatorEntry{"json_validator_eval",
                   1,
                   "Benchy: the answer without fences is the JSON value",
                   ValueUse::required,
                   {},
                   make_benchy_json},
    EvaluatorEntry{"execute_python_code_with_num_output",
                   1,
                   "Benchy: the program prints the number",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
    EvaluatorEntry{"python_print_execution_with_num_output",
                   1,
                   "Benchy: the expression has the number as value",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
    EvaluatorEntry{"execute_python_code_with_string_output",
                   1,
                   "Benchy: the program prints the text",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
};

Error unknown_type(std::string_view type) {
  std::vector<std::string> names;
  for (const EvaluatorEntry& entry : kEvaluators) names.emplace_back(entry.name);
  const std::string near_name = nearest(type, names);
  return suite_error(fmt::format("unknown evaluator {}", as_quoted(type)), "one of: " + join(names, ", "),
                     near_name.empty() ? "" : fmt::format("Did you mean '{}'?", near_name));
}

std::optional<Error> check_threshold(const record::Check& check) {
  // Written so that NaN is refused, too.
  if (!check.threshold || (*check.threshold >= 0 && *check.threshold <= 1)) return std::nullopt;
  return suite_error(fmt::format("threshold of {} is {}", check.type, *check.threshold),
                     "a score from 0 to 1");
}

}  // namespace

std::span<const EvaluatorEntry> evaluator_table() {
  return kEvaluators;
}

const EvaluatorEntry* find_evaluator(std::string_view name) {
  const auto entry = std::find_if(kEvaluators.begin(), kEvaluators.end(),
                                  [&](const EvaluatorEntry& candidate) { return candidate.name == name; });
  return entry == kEvaluators.end() ? nullptr : &*entry;
}

MadeEvaluator make_evaluator(const record::Check& check, const record::Value* expect,
                             std::shared_ptr<sandbox::Sandbox> sandbox) {
  const EvaluatorEntry* entry = find_evaluator(check.type);
  if (entry == nullptr) return fail(unknown_type(check.type));
  if (std::optional<Error> error = check_options(check.options, entry->options, entry->name))
    return fail(*error);
  if (std::optional<Error> error = check_threshold(check)) return fail(*error);
  const record::Value* value = check.value ? &*check.value : nullptr;
  if (entry->value == ValueUse::none && value != nullptr) {
    return fail(suite_error(fmt::format("{} has a value", entry->name), "none", "Leave 'value' out"));
  }
  if (entry->value == ValueUse::required && value == nullptr) value = expect;
  if (entry->value == ValueUse::required && value == nullptr) {
    return fail(suite_error(fmt::format("{} has nothing to compare with", entry->name), "a value",
                            "Give the check a 'value' or the case an 'expect'"));
  }
  return entry->make({.type = entry->name,
                      .value = value,
                      .options = check.options,
                      .sandbox = entry->runs_code ? std::move(sandbox) : nullptr});
}

std::string label_of(const EvaluatorEntry& entry) {
  return fmt::format("{}@{}", entry.name, entry.version);
}

}  // namespace assay::evaluator
