// Benchy's rules as the counting of reports wants them.
#pragma once

#include <vector>

#include "exchange/benchy_check.h"

namespace assay::cli {

/// json, numeric, text.
std::vector<exchange::Rule> benchy_rules();

}  // namespace assay::cli
