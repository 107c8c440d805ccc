// A list of texts that an export of a table has written into one cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::suite {

/// Reads `["a", "b"]` (JSON), `['a', "b"]` (what Python prints for a list) and `['a' 'b']` (for an array of
/// NumPy, with line breaks between items). Nothing is evaluated. Absent: none of these, or a list of anything
/// else.   Source: Python's repr(str); numpy.array2string.
std::optional<std::vector<std::string>> texts_of_list(std::string_view text);

}  // namespace assay::suite
