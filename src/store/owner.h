// Which process writes a run, and whether it still lives: so that two programs never write one run, and a run
// whose writer was killed can be continued at once.
#pragma once

#include <cstdint>
#include <string>

namespace assay::store {

/// A process, told apart from every other one, also from a later one with the same number.
struct Owner {
  std::string host;
  std::string boot;       ///< changes when the machine starts; empty when unknown
  std::string pid_space;  ///< Linux: the pid namespace, so that two containers are not mixed up; else empty
  std::int64_t pid = 0;
  std::int64_t started =
      0;  ///< in the system's own unit since its own zero: only equality means anything; 0 unknown
  bool operator==(const Owner&) const = default;
};

enum class Life {
  alive,
  dead,
  unknown,  ///< on another machine or in another container: we cannot look
};

/// This process. Cost: three small files on Linux; called once per claim.
Owner this_process();
/// Errs on the side of `alive` and `unknown`: a wrong `dead` would let two processes write one run.
Life life_of(const Owner& owner);
/// "process 4711 on this machine", "process 12 on host lab2".
std::string describe(const Owner& owner);

}  // namespace assay::store
