// What machine this is, as far as the system tells without special rights.
#pragma once

#include "record/run.h"

namespace assay::meter {

/// Called once per run; reads a few small files (about 1 ms).
record::Machine describe_machine();

}  // namespace assay::meter
