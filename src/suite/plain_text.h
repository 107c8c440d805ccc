// What every text of a suite must be, in whatever format it is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// UTF-8 without control characters other than tab and line ends. Adds an error at the first offence. `start`
/// is the place of the text's first character in the file, `offset` its byte.
bool check_text(std::string_view text, const std::string& file, Errors& errors, Place start = {1, 1},
                std::uint64_t offset = 0);

}  // namespace assay::suite
