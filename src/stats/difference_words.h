// The sentences of a comparison. Internal to stats/.
#pragma once

#include "stats/summary.h"

namespace assay::stats {

/// Fills `text` and `detail` from the figures.
void say(const Summary& summary, Difference& difference);

}  // namespace assay::stats
