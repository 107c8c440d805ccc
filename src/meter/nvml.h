// NVIDIA's management library, asked for what each card's memory is.
#pragma once

#include <vector>

#include "record/machine.h"

namespace assay::meter {

/// Empty where the library is not installed or does not answer. The first call loads it.
std::vector<record::Card> nvidia_cards();

}  // namespace assay::meter
