// What no answer can meet, or is compared otherwise than its author may think, in a Benchy suite's
// expectations.
#pragma once

#include <string_view>

#include "record/value.h"
#include "suite/reader.h"

namespace assay::suite {

/// Warns where `expected`, which was read from `node`, is no number for an evaluator that compares numbers,
/// no JSON for the one that compares JSON, or a number that a program's output is never written as.
/// `evaluator`: one of kBenchyEvaluators; empty: unknown, and nothing is said of numbers.
void check_benchy_expectation(Reader& reader, Node node, std::string_view evaluator,
                              const record::Value& expected);

}  // namespace assay::suite
