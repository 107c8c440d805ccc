// The 24 checkers of IFEval (Zhou 2023, arXiv 2311.07911), quirks included, as two explicit tables.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evaluator/ifeval_args.h"
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

/// Whether a text is as the instruction wants it.
using InstructionTest = std::function<bool(std::string_view)>;
/// One line of a table: takes the arguments that the instruction has.
struct InstructionEntry {
  std::string_view id;
  InstructionTest (*make)(InstructionArgs&);
};
std::span<const InstructionEntry> word_instructions();  ///< ifeval_words.cpp
std::span<const InstructionEntry> form_instructions();  ///< ifeval_forms.cpp

/// `kwargs`: a mapping or null; values that are null are as if absent. Errors: bad_input without place for an
/// unknown id, one that this build has no tool for, a missing, unknown or wrong argument.
MadeInstruction make_instruction(std::string_view id, const record::Value& kwargs);

}  // namespace assay::evaluator
