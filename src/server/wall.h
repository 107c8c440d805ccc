// What the wall shows: the models and cases of a run, and its samples as columns of a page and as events of a
// live run.
#pragma once

#include "base/json.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "server/sample_index.h"

namespace assay::server {

/// The models of the run, in order.
OrderedJson wall_models(const record::Run& run);
/// The ids of the first 20,000 cases: at most half a megabyte.
OrderedJson wall_cases(const CaseTable& cases);
/// The names of the columns, in order.
OrderedJson wall_columns();
/// Puts one sample under them.
void add_to_columns(OrderedJson& columns, const record::Sample& sample, const record::Verdict* verdict,
                    const CaseTable& cases);
/// The same as one object.
OrderedJson wall_row(const record::Sample& sample, const record::Verdict* verdict, const CaseTable& cases);

}  // namespace assay::server
