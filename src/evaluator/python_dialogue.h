// Two programs in sandboxes of their own that talk through us: one asks, the other answers.
#pragma once

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

/// Runs judge_program() and candidate_program() (python_harness.h) to their ends. `wall` counts from the
/// candidate's first instruction; the judge has a little longer. `alone`: see Sandbox::hold().
Dialogue converse(sandbox::Sandbox& sandbox, std::string judge, std::string candidate, Nanos wall,
                  bool alone);

}  // namespace assay::evaluator
