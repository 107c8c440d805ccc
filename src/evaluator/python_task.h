// What python-tests is given: tests, or a reference solution with inputs.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "record/value.h"

namespace assay::evaluator {

struct PythonTask {
  std::string tests;      ///< empty in the reference form
  std::string setup;      ///< run before the tests, in the judge; the prompt, when none is given
  std::string prompt;     ///< what the answer continues when it does not define the entry point
  std::string entry;      ///< empty: what the tests use and do not define
  std::string reference;  ///< the solution whose results are expected; empty: `tests` say what is
  /// Of the reference form: {"inputs", "accept": {"json": text} or {"python": expression}; "atol": number;
  /// "compare": "equal" | "set" | "not_none" | "root"}.
  Json rules;
};

/// Errors: bad_input without place, when the value is neither form.
Result<PythonTask> python_task_of(const record::Value& value);

/// The code of an answer or a solution, behind the prompt when it only continues that.
std::string behind_prompt(const PythonTask& task, std::string code);

}  // namespace assay::evaluator
