// Prompts that order a rounding, and expectations that contradict it: then a model that does as it is told is
// wrong.
#pragma once

#include <optional>
#include <string_view>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// Decimal places that the text orders: "round to two decimal places" 2, "to the nearest tenth" 1, "to the
/// nearest integer" 0. Absent when it orders none, or two different ones.
std::optional<int> places_ordered(std::string_view prompt);
/// Decimal places that a number needs; absent for what is no plain number: "3.140" 2, "7" 0.
std::optional<int> places_of(std::string_view number);

/// Warns of every case whose expected number has more places than its prompt allows.
void check_rounding(Reader& reader, const record::Suite& suite);

}  // namespace assay::suite
