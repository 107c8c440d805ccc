// One case, whatever file it came from.
#pragma once

#include <optional>
#include <string_view>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// The keys of a case; in a CSV file the columns that are no variables.
std::span<const std::string_view> case_keys();
/// Reads a case's mapping. Mistakes are reported; absent only when it is no mapping. The id stays empty when
/// the case gives none.
std::optional<record::Case> read_case(Reader& reader, Node node);

/// First 12 hexadecimal digits of SHA-256 over what is asked and expected: variables (sorted by name),
/// expectation, choices, media (paths relative to `folder`), tools of its own, params. docs/suite-format.md
/// gives the bytes. Does not depend on the case's position, its tags, weight or checks.
std::string content_id(const record::Case& test, const std::string& folder);

}  // namespace assay::suite
