// The families of IFEval's checkers: each file of ifeval_<family>.cpp gives its part of the table.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "evaluator/ifeval_args.h"

namespace assay::evaluator {

/// Whether a text follows the instruction. The text is valid UTF-8 and not blank.
using InstructionTest = std::function<bool(std::string_view)>;

struct InstructionEntry {
  std::string_view id;  ///< as IFEval's file writes it: "punctuation:no_comma"
  /// Reads its arguments and gives the test. Mistakes are in the arguments' error().
  InstructionTest (*make)(InstructionArgs&);
};

std::span<const InstructionEntry> keyword_instructions();  ///< keywords:, ifeval_keywords.cpp
std::span<const InstructionEntry> length_instructions();   ///< length_constraints:, ifeval_lengths.cpp
std::span<const InstructionEntry> format_instructions();   ///< detectable_…:, ifeval_formats.cpp
std::span<const InstructionEntry>
frame_instructions();  ///< combination:, startend:, punctuation:, ifeval_frames.cpp
std::span<const InstructionEntry> language_instructions();  ///< language:, change_case:, ifeval_languages.cpp

}  // namespace assay::evaluator
