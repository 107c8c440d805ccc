// Files that a suite names: media that must exist, and `file://` references whose content takes the
// reference's place.
#pragma once

#include <optional>
#include <string>

#include "record/value.h"
#include "suite/reader.h"

namespace assay::suite {

/// Sizes beyond which a file is a mistake. A million cases of 60 bytes are 60 MB.
constexpr std::uint64_t kMaxSuiteBytes = 64U << 20U;
constexpr std::uint64_t kMaxReferencedBytes = 16U << 20U;

/// A text that begins with file:// and is not tagged !!str.
bool is_file_reference(Node node);
/// The content: .json and .yaml (.yml) as a value, everything else as text. Errors are reported, at the
/// reference when the file cannot be read, in the file when its content is wrong.
std::optional<record::Value> read_referenced(Reader& reader, Node node);
/// The same of a file by its path; `where` is the place that names it.
std::optional<record::Value> read_value_file(Reader& reader, const Location& where, const std::string& path);
/// value_of(), or the content of the file that it names.
std::optional<record::Value> value_or_file(Reader& reader, Node node);

/// Resolved against the suite's folder; reports a file that does not exist.
std::optional<std::string> existing_file(Reader& reader, Node node, std::string_view what);

}  // namespace assay::suite
