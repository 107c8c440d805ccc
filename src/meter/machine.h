// What machine this is, as far as the system tells without special rights.
#pragma once

#include <string>
#include <vector>

#include "record/machine.h"

namespace assay::meter {

/// Called once per run; reads some small files (about 1 ms). `bandwidth` is not in it (bandwidth.h).
record::Machine describe_machine();
/// Part of the name of a file in which something is kept about this machine: 16 characters that follow from
/// host, processor, cores and memory.
std::string file_key(const record::Machine& machine);

/// What makes figures of this machine doubtful, as sentences: a debug build, sanitizers, a saving governor,
/// battery, others' work.
std::vector<std::string> warnings_of(const record::Machine& machine);

}  // namespace assay::meter
