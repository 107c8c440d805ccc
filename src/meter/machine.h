// What machine this is, as far as the system tells without special rights.
#pragma once

#include <string>
#include <vector>

#include "record/machine.h"

namespace assay::meter {

/// Called once per run; reads some small files (about 1 ms). `bandwidth` is not in it (bandwidth.h).
record::Machine describe_machine();

/// What makes figures of this machine doubtful, as sentences: a debug build, sanitizers, a saving governor,
/// battery, others' work.
std::vector<std::string> warnings_of(const record::Machine& machine);

}  // namespace assay::meter
