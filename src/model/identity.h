// Whether a model file is the same one as yesterday, without reading all of it.
#pragma once

#include <string>

namespace assay::model {

/// SHA-256 of the file's size and of its first and last MiB: header, metadata, and the end of the last
/// tensor. A file that was trained or quantised again differs there; 40 GB of weights need not be read. Empty
/// when it cannot be read.
std::string identity(const std::string& path);

}  // namespace assay::model
