// Values of a Benchy suite, read by YAML 1.1, as values of a suite.
#pragma once

#include <optional>
#include <string>

#include "record/value.h"
#include "suite/reader.h"

namespace assay::suite {

/// What Python's str() makes of it: "8", "True", "None", "2024-01-02", "['a', 1]".
std::string python_text_of(Node node);

/// The value. What no Value can say becomes its Python text as a whole: a date, a list or mapping with a date
/// in it, a mapping with a key that is no text. (Such a text compares as the value would: it equals no JSON,
/// and the same text.) Absent, and reported: a date with a time inside a list or mapping.
std::optional<record::Value> benchy_value(Reader& reader, Node node);

}  // namespace assay::suite
