// Whether a model file is the same one as yesterday, without reading all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace assay::model {

/// SHA-256 of the file's size and of its first and last MiB: header, metadata, and the end of the last
/// tensor. A file that was trained or quantised again differs there; 40 GB of weights need not be read. Of a
/// folder: of the names and identities of the files in it. Empty when it cannot be read.
std::string identity(const std::string& path);

/// Bytes of a file, or of the files in a folder (not of folders in it). Absent when there is neither.
std::optional<std::uint64_t> size_on_disk(const std::string& path);

}  // namespace assay::model
