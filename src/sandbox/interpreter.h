// The Python interpreter that programs run under.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay::sandbox {

struct Interpreter {
  std::string executable;  ///< the real file
  std::string prefix;      ///< its library lies below: "/usr"
  std::string library;     ///< the folder of its standard library: "/usr/lib/python3.11"
  std::string version;     ///< "3.11.2"
};

/// Asks `name` (a path, or searched on PATH) what it is. Errors: not_found, also for what does not run, is no
/// Python, or is older than 3.9.
Result<Interpreter> find_interpreter(const std::string& name);

/// SHA-256 in hexadecimal over names and contents: the executable and the modules of its library, other than
/// its own tests and what was installed beside it. Reads 25 MB, so what is known of a library whose files
/// have the same sizes and times is kept in the folder `cache` (empty: nothing is kept). Empty when nothing
/// can be read.
std::string library_hash(const Interpreter& interpreter, const std::string& cache);

/// The hash, worked out when it is first asked for. Any number of threads.
class LibraryHash {
 public:
  LibraryHash(Interpreter interpreter, std::string cache)
      : interpreter_(std::move(interpreter)), cache_(std::move(cache)) {}
  std::string get() const;

 private:
  Interpreter interpreter_;
  std::string cache_;
  mutable std::once_flag once_;
  mutable std::string hash_;
};

}  // namespace assay::sandbox
