// Names of parameters as people know them from other programs.
#pragma once

#include <string>
#include <string_view>

namespace assay::record {

/// The parameter of ours that was meant by a name that is none: what another program calls so (n_ctx:
/// context), else the nearest by spelling. Empty where nothing is near.
std::string meant_param(std::string_view name);

}  // namespace assay::record
