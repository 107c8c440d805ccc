// The suite's `models`.
#pragma once

#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// Strings and mappings {engine, model, label, url, params, start, price}. Labels are given and unique
/// afterwards.
std::vector<record::ModelSpec> read_models(Reader& reader, Node node);

}  // namespace assay::suite
