// A Benchy suite has two gradings. What the other one would say of the same answers is part of the result.
#pragma once

#include "base/result.h"
#include "record/run.h"
#include "record/suite.h"
#include "stats/summary.h"
#include "store/store.h"

namespace assay::cli {

/// Adds a note "N of M verdicts differ under grading X" with the cases, for a run of a Benchy suite; nothing
/// for others. The verdicts of the other grading come from its newest layer. Without one they are formed on
/// the spot, unless that would run programs: then the note says how to get them.
Result<void> note_other_grading(const store::Store& store, const record::Run& run, const record::Suite& suite,
                                stats::Summary& summary);

}  // namespace assay::cli
