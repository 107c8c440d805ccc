// A sandbox is tried with every hostile program before it is trusted: once for each kernel, enclosure and
// interpreter.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// What the answer to "does it hold?" depends on, in hexadecimal: kernel, user, what encloses, interpreter
/// and its library, the hostile programs.
std::string proof_key(const Sandbox& sandbox);

/// Runs self_test(), and keeps in the folder `cache` that all threats were held (empty: keeps nothing), so
/// that the next call with the same proof_key() takes no time. `begins` is called before the tests run.
/// Errors: unavailable, with the first threat that was not held.
Result<void> prove(Sandbox& sandbox, const std::string& cache, const std::function<void()>& begins);

}  // namespace assay::sandbox
