// What a contained program may ask the kernel for (Linux).
#pragma once

#include <string>

#include "base/result.h"

namespace assay::sandbox {

/// The filter as the kernel takes it (an array of struct sock_filter). Errors: internal, unsupported in a
/// build without libseccomp.
Result<std::string> make_seccomp_filter();

}  // namespace assay::sandbox
