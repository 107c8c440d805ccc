// All evaluators of this build.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "evaluator/evaluator.h"
#include "record/catalogue.h"

namespace assay::evaluator {

/// Where an evaluator's value comes from.
enum class ValueUse {
  required,  ///< the check's `value`, else the case's `expect`; missing is a suite error
  optional,  ///< the same, but it may be missing
  own,       ///< only the check's `value`, and it may be missing
  none,      ///< a `value` is a suite error
};

constexpr bool takes_expectation(ValueUse use) {
  return use == ValueUse::required || use == ValueUse::optional;
}

/// How an evaluator differs from "text in, score out".
struct Traits {
  bool own_threshold = false;  ///< `threshold` is in a unit of its own and the evaluator compares
  bool per_case = false;       ///< made for each case, because it reads more of it than the expectation
  /// Looks at the run and not at the text: also asked of samples that did not get to the end, where its say
  /// is recorded and does not decide.
  bool any_ending = false;
  bool asks_models = false;      ///< its Recipe may have judges
  bool value_is_schema = false;  ///< the check's value is a JSON Schema
  /// Part of a corpus score: what it counts of an empty answer is kept, too, though silence fails before any
  /// assertion. A model must not gain from saying nothing.
  bool counts_silence = false;
  /// Looks at the calls of tools: asked when there is no text, too.
  bool reads_calls = false;
};

struct EvaluatorEntry {
  std::string_view name;
  int version;  ///< raised by any change that can alter a verdict, score or reason
  std::string_view help;
  ValueUse value;
  std::span<const record::OptionSpec> options;
  MadeEvaluator (*make)(const Recipe&);
  bool runs_code = false;  ///< its Recipe needs a sandbox
  Traits traits = {};
};

std::span<const EvaluatorEntry> evaluator_table();
const EvaluatorEntry* find_evaluator(std::string_view name);

/// The evaluator of a check (no assert-set) for the case's expectation, which may be nullptr. Errors:
/// bad_input without place, for every mistake in type, options and value.
MadeEvaluator make_evaluator(const record::Check& check, const record::Value* expect,
                             std::shared_ptr<sandbox::Sandbox> sandbox = nullptr,
                             const Setting& setting = {});
/// "numeric@1"
std::string label_of(const EvaluatorEntry& entry);

}  // namespace assay::evaluator
