// The hostile programs: one per threat that the sandbox must hold.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// How hard a program tries.
enum class Dose {
  full,  ///< as a model would: only for what contains
  tame,  ///< the same program with aims and amounts that do no harm where nothing contains it
};

/// Whom a program that is not held harms.
enum class Harm { others, itself };

/// A program tries, and prints what it got. Nothing but "kept" means that it got nothing.
struct Threat {
  std::string_view threat;
  std::string_view program;
  std::array<End, 2> ends = {End::exited, End::exited};  ///< one of these
  std::string_view says = "kept";                        ///< all that it prints; else how that begins
  Harm harm = Harm::others;
};

std::span<const Threat> threats();
/// The whole program: what all share before it, with this dose's aims. {canary} and its like are left.
std::string program_of(const Threat& threat, Dose dose);

}  // namespace assay::sandbox
