// `evaluate` and `pipelines`: what is asserted of an answer, checked against the catalogue.
#pragma once

#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// A name, a mapping, or a list of both. Wrong ones are reported and left out.
std::vector<record::Check> read_checks(Reader& reader, Node node);
/// Name → list of filters.
std::vector<record::Pipeline> read_pipelines(Reader& reader, Node node);

/// Every check's `pipeline` must be one of the suite's (or `main` where it has none, or `raw`).
void check_pipeline_names(Reader& reader, const record::Suite& suite);
/// Asks the catalogue about every filter, and about every check with every expectation it meets. A check with
/// a value of its own is asked once.
void check_deeply(Reader& reader, const record::Suite& suite);

}  // namespace assay::suite
