// Lists and ranges of whole numbers as llama-bench writes them: "512", "512,1024", "1-8", "0-128+32",
// "1-64*2".
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace assay::speed {

/// In the order written. `option` is named in messages ("-p").
/// Errors: bad_input for anything else, for a range that would not end, and for more than 1,000 values.
Result<std::vector<std::int64_t>> parse_range(std::string_view text, std::string_view option,
                                              bool allow_negative = false);
/// "512,128": a prompt and what is generated after it. Errors: bad_input.
Result<std::pair<std::uint32_t, std::uint32_t>> parse_pair(std::string_view text, std::string_view option);

}  // namespace assay::speed
