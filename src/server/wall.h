// One sample as the wall shows it: columns of a page, and events of a live run.
#pragma once

#include <cstdint>
#include <optional>

#include "base/json.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "server/sample_index.h"

namespace assay::server {

/// The names of the columns, in order.
OrderedJson wall_columns();
/// Puts one sample under them.
void add_to_columns(OrderedJson& columns, const record::Sample& sample, const record::Verdict* verdict,
                    const CaseTable& cases);
/// The same as one object.
OrderedJson wall_row(const record::Sample& sample, const record::Verdict* verdict, const CaseTable& cases);

}  // namespace assay::server
