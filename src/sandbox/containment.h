// Does the sandbox hold? One hostile program per threat, and what must become of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/sandbox.h"
#include "sandbox/threats.h"

namespace assay::sandbox {

struct Containment {
  std::string_view threat;  ///< "sockets: TCP, UDP, abstract Unix sockets"
  bool holds = false;
  std::string detail;  ///< what the program got, when it does not hold
};

/// Runs every hostile program, one after the other (about 2 s). Writes a canary file to the system's
/// temporary folder, and opens a listening socket on the loopback and one with an abstract name: what a
/// program that escapes could find; all are removed. With Dose::tame those that only harm themselves are left
/// out, so that it can be asked of what contains nothing.
std::vector<Containment> self_test(Sandbox& sandbox, Dose dose = Dose::full);

}  // namespace assay::sandbox
