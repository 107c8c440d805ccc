// `params` and `sweep`: settings of the table in record/params.h, each value checked.
#pragma once

#include <string_view>
#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// A mapping of parameters; wrong ones are reported and left out. `what`: "params", "the case's params".
record::Params read_params(Reader& reader, Node node, std::string_view what);
/// Parameter → list of values.
std::vector<record::SweepAxis> read_sweep(Reader& reader, Node node);

}  // namespace assay::suite
