// YAML text → Tree. The only file that knows the YAML library.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// Reads one document. `false` when there is no usable tree; `errors` then says why, with a place. Mistakes
/// that leave a usable tree (duplicate keys) are in `errors` too. Limits: nesting kMaxDepth, 10 million
/// values, 1 million values out of aliases (a text counts one for each 64 bytes). Refused: merge keys (`<<`),
/// keys that are no scalars, more than one document, tags other than !!str, control characters.
bool read_yaml(std::string_view text, const std::string& file, Tree& tree, Errors& errors);

/// The same by the rules of YAML 1.1 (yaml_old.h), for the suites of other tools: scalars have the types and
/// texts of yaml_old.h, merge keys are merged, of equal keys the last one wins at the first one's place (a
/// warning), and the tags of the plain types are taken.
bool read_old_yaml(std::string_view text, const std::string& file, Tree& tree, Errors& errors,
                   Errors& warnings);

}  // namespace assay::suite
