// The 25 checkers of IFEval (Zhou 2023, arXiv 2311.07911), quirks included, as one table of families.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/value.h"

namespace assay::evaluator {

/// Whether an answer follows one instruction.
/// Thread  any; const.   Errors of authors are found when it is made.
class Instruction {
 public:
  virtual ~Instruction() = default;
  /// `text` is valid UTF-8 and not blank.
  virtual bool follows(std::string_view text) const = 0;
};

using MadeInstruction = Result<std::unique_ptr<Instruction>>;

/// `kwargs`: a mapping or null; values that are null are as if absent. Errors: bad_input without place for an
/// unknown id, one that this build has no tool for, a missing, unknown or wrong argument.
MadeInstruction make_instruction(std::string_view id, const record::Value& kwargs);

}  // namespace assay::evaluator
