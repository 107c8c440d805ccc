// Python's literals, read back: the text that Python printed of a mapping or a list becomes a value again.
#pragma once

#include <optional>
#include <string_view>

#include "record/value.h"

namespace assay::record {

/// What record::python_quoted() (Python's repr) prints of null, booleans, numbers, texts, lists and mappings
/// with text names. Absent when the text is anything else, is nested deeper than 512, or has something behind
/// the value.
std::optional<Value> value_from_python(std::string_view text);

}  // namespace assay::record
