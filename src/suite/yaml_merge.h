// Mappings by the rules of YAML 1.1 as Python's most used reader applies them: merge keys, and equal keys.
#pragma once

#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// Makes the pairs of a finished mapping what a Python dict of it would hold. `<<: other` or `<<: [one,
/// other]` puts the pairs of those mappings before the mapping's own (of several, the first one wins); of
/// equal keys the last value stays, at the place of the first; an own key twice is a warning. Errors: a merge
/// key with anything but mappings.
void settle_old_mapping(Tree& tree, std::uint32_t mapping, bool merges, Errors& errors, Errors& warnings);

}  // namespace assay::suite
