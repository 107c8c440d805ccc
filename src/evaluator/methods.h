// The makers that the table names; each lives in a file of its own name. Only table.cpp and those files
// include this.
#pragma once

#include "evaluator/evaluator.h"

namespace assay::evaluator {

MadeEvaluator make_equals(const Recipe& recipe);       // equals.cpp
MadeEvaluator make_iequals(const Recipe& recipe);      // iequals.cpp
MadeEvaluator make_contains(const Recipe& recipe);     // contains.cpp: contains, icontains, …-all, …-any
MadeEvaluator make_starts_with(const Recipe& recipe);  // starts_with.cpp
MadeEvaluator make_regex(const Recipe& recipe);        // regex.cpp
MadeEvaluator make_numeric(const Recipe& recipe);      // numeric.cpp
MadeEvaluator make_json_equals(const Recipe& recipe);  // json_equals.cpp
MadeEvaluator make_is_json(const Recipe& recipe);      // is_json.cpp
MadeEvaluator make_contains_json(const Recipe& recipe);  // contains_json.cpp
MadeEvaluator make_python_output(const Recipe& recipe);  // python_output.cpp
MadeEvaluator make_benchy_text(const Recipe& recipe);    // benchy.cpp: raw_string_evaluator
MadeEvaluator make_benchy_json(const Recipe& recipe);    // benchy.cpp: json_validator_eval
MadeEvaluator make_benchy_python(const Recipe& recipe);  // benchy.cpp: the three that run a program

/// json-equals with `numbers: value` and everything else by default: what `equals` means for a list or
/// mapping.
MadeEvaluator make_structure_equals(const record::Value& value);

}  // namespace assay::evaluator
