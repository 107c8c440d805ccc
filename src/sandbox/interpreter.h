// The Python interpreter that programs run under.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay::sandbox {

struct Interpreter {
  std::string executable;  ///< the real file
  std::string prefix;      ///< where its library is: "/usr"
  std::string version;     ///< "3.11.2"
};

/// Asks `name` (a path, or searched on PATH) what it is. Errors: not_found, unsupported for Python
/// before 3.9.
Result<Interpreter> find_interpreter(const std::string& name);

}  // namespace assay::sandbox
