// Two programs in sandboxes of their own that talk through us: one asks, the other answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sandbox/sandbox.h"

namespace assay::evaluator {

struct Dialogue {
  sandbox::Outcome judge;
  std::optional<sandbox::Outcome> candidate;  ///< absent: it was never started
  int assertions = 0;                         ///< of the tests
  int held = 0;                               ///< assertions that held before the judge's last word
  std::optional<std::string> end;             ///< the judge's last word, JSON; absent: it did not come to one
};

struct Talk {
  std::string judge;      ///< judge_program() of python_harness.h
  std::string candidate;  ///< candidate_program()
  Nanos wall{0};          ///< from the candidate's first instruction; the judge has a little longer
  std::optional<std::uint64_t> memory;  ///< bytes; absent: as any program
};

/// Runs both to their ends. `alone`: see Sandbox::hold().
Dialogue converse(sandbox::Sandbox& sandbox, const Talk& talk, bool alone);

}  // namespace assay::evaluator
