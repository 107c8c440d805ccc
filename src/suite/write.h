// Suite → YAML: the normalised form, as `assay suite show` prints it and every run stores it.
#pragma once

#include <string>

#include "record/suite.h"

namespace assay::suite {

/// Loads back equal (under the same path; places and sha256 aside): cases from files and matrices are written
/// out with their ids, file references with their content, and paths relative to the suite's folder. One line
/// for each case.
std::string write(const record::Suite& suite);

}  // namespace assay::suite
