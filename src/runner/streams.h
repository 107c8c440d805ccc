// How many answers go together: as many as bring more tokens a second, by a few timed steps of each number.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "record/run.h"

namespace assay::runner {

/// backend::Backend::time_steps(): how long each of `count` steps of `streams` sequences takes.
using TimeSteps = std::function<Result<std::vector<Nanos>>(int streams, int count)>;

/// What is known before the search: of the answers that were given alone, and of those that are to come.
struct SharedPart {
  int most = 1;          ///< streams that fit
  Nanos alone{0};        ///< that the shared part would take alone; 0: nobody knows
  Nanos token_alone{0};  ///< time per token alone; 0: nobody knows
};

/// Measures 1, 2, 4, … and `most` streams, until two sizes in a row bring less than 3 % more tokens a second,
/// and chooses the fewest within 3 % of the best. It takes at most about a fiftieth of SharedPart::alone;
/// where that is too little to begin with, nothing is measured and `most` is chosen, as also when time ran
/// out while more streams still brought more. Errors: those of `time`.
Result<record::BatchSpeed> find_streams(const SharedPart& part, const TimeSteps& time);

}  // namespace assay::runner
