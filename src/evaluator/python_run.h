// What the evaluators that run programs have in common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "evaluator/evaluator.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

/// The program in an answer: the code between fences (code-block@1 with its defaults), or the whole text.
std::string code_of(std::string_view answer);

/// The verdict on a program that did not end with exit code 0: timeout, memory_limit, output_limit, crash, or
/// `error: sandbox`. Absent for one that did.
std::optional<Judgement> verdict_on_end(const sandbox::Outcome& outcome);

}  // namespace assay::evaluator
