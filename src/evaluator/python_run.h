// What the evaluators that run programs have in common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

/// The program in an answer: the code between fences (code-block@1), or the whole text.
/// `entry`: with several blocks, the last one that defines this function or class comes first.
std::string code_of(std::string_view answer, const std::string& entry = {});
/// `def NAME`, `async def NAME` or `class NAME` at the start of a line.
bool defines(std::string_view code, std::string_view name);

/// The option timeout_s, 5 by default. Errors: bad_input, when it is no time from 1 ms to an hour.
Result<Nanos> time_limit(const Options& options, std::string_view type);

/// The verdict on a program that did not end with exit code 0: timeout, memory_limit, output_limit, crash, or
/// `error: sandbox`. Absent for one that did.
std::optional<Judgement> verdict_on_end(const sandbox::Outcome& outcome);

/// How a program ended and what it took, for Judgement::programs: {"end": "exited", "wall_ms", "cpu_ms"}.
Json record_of(const sandbox::Outcome& outcome);

}  // namespace assay::evaluator
