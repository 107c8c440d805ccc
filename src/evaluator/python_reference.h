// What a reference solution gives, which is what python-tests then expects.
#pragma once

#include <cstdint>
#include <optional>

#include "evaluator/evaluator.h"
#include "evaluator/python_task.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

/// Bytes that a program of the reference form may use, as evalplus gives it.
constexpr std::uint64_t kReferenceMemory = std::uint64_t{4} << 30U;

struct Expected {
  Json results;                      ///< one for each input: {"value", "seconds"}
  Nanos wall{0};                     ///< what an answer may take in all
  std::optional<Judgement> trouble;  ///< the solution does not run: the suite's fault, or the sandbox's
};

/// Runs the solution on every input. A sandbox that remembers (sandbox/remembering.h) runs it once for all
/// answers to a case.
Expected expected_of(sandbox::Sandbox& sandbox, const PythonTask& task);

}  // namespace assay::evaluator
