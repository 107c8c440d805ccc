// JSON text → Tree: strict RFC 8259 with the place of every value and with number literals as written. (The
// JSON library keeps neither places nor literals, and case files need both.)
#pragma once

#include <string_view>

#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// Reads one value into `tree` (cleared first; its `file` is used for places). `start` is the place of the
/// text's first character in the file. Adds an error and returns false when the text is no JSON value or
/// nested deeper than kMaxDepth; duplicate keys are reported and leave a usable tree. `text` is valid UTF-8;
/// a byte order mark at the begin of the file is passed over.
bool read_json(std::string_view text, Place start, Tree& tree, Errors& errors);

}  // namespace assay::suite
