// The two Python programs of python-tests: the candidate, which holds the model's code and nothing of the
// tests, and the judge, which holds the tests and never runs a line of the model.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace assay::evaluator {

/// Defines take_streams(), which gives the two ends of a dialogue; for programs that import os and random.
std::string_view dialogue_streams();

/// Loads `code`, then answers requests: a line of JSON in, a line of JSON out. Everything it says is a claim
/// of the model's program.
std::string candidate_program(const std::string& code);

/// Prints what the reference solution of a task gives for each input: a line of JSON, [{"value", "seconds"}].
/// `task`: {"reference", "setup", "entry_point", "inputs"}, the last as in PythonTask::rules.
std::string reference_program(const Json& task);

/// Runs the tests. `task`: {"tests": text, "setup": text, "entry_point": text or null}, and in the reference
/// form "reference": PythonTask::rules with "results": what reference_program() printed. It says "start N" (N
/// assertions), "call K REQUEST" whenever it needs the candidate, with K assertions held so far, and then
/// reads one line, and at last "end {"mark": "pass" | "fail" | "error", "reason", "detail", "held"}".
std::string judge_program(const Json& task);

}  // namespace assay::evaluator
