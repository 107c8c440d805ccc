// Does grading by programs hold? Answers that try to pass without being right, and what must become of them.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sandbox/containment.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

/// An answer of a model, judged by python-tests; without `tests` by python-output, where it must print "5".
struct Cheat {
  std::string_view threat;
  std::string_view answer;
  std::string_view tests;
  std::string_view verdict;  ///< "fail: bad_format: ": how mark, reason and sentence must begin
};

std::span<const Cheat> cheats();

/// Judges each in the sandbox (about 1 s). A verdict that is not safe to print does not hold either.
std::vector<sandbox::Containment> try_cheats(const std::shared_ptr<sandbox::Sandbox>& sandbox);

}  // namespace assay::evaluator
