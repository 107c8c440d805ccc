// Benchy's way of grading, rule by rule (docs/evaluators.md, "Benchy's five"). Pure: texts in, verdict out.
// What looks odd here is what Benchy does; a verdict that differs is a bug.
#pragma once

#include <string>
#include <string_view>

#include "record/value.h"

namespace assay::evaluator::benchy {

/// The answer without Markdown fences: from the line behind the first ``` to the last ```, stripped.
std::string without_fences(std::string_view answer);

/// What is run: wrapped in print( ) when asked, stripped, then without ' and then without " at both ends.
std::string program_of(std::string_view text, bool wrap_in_print);

/// What a program's standard output counts as: a number in Python's form ("3" is "3.0"), else the output
/// itself with its newlines.
std::string result_of_output(std::string_view output);

/// Same code points once both are stripped.
bool text_rule(std::string_view expected, std::string_view result);

/// |expected − result| < 1e-6 when both are numbers, never for inf and nan; else the text rule.
bool numeric_rule(std::string_view expected, std::string_view result);

struct JsonRuling {
  bool correct = false;
  std::string why;  ///< one sentence
};

/// Values with their types, keys that begin with __ ignored, lists of scalars by value; text for text when
/// one side is no JSON. `expectation` is a mapping, or a text that should be JSON. Any answer: too deep or
/// too long is wrong.
JsonRuling json_rule(const record::Value& expectation, std::string_view answer);

}  // namespace assay::evaluator::benchy
