// Caches, kinds of cores, governor, power source, graphics: what the system tells beyond names.
#pragma once

#include "record/machine.h"

namespace assay::meter {

/// Fills what it can find; the rest stays absent.
void add_details(record::Machine& machine);

}  // namespace assay::meter
