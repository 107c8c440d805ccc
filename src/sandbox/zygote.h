// One pre-forked interpreter in a bubblewrap of its own, which runs one program at a time (Linux).
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sandbox/descriptor.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// The Python program that the interpreter runs.
const char* zygote_source();

/// Thread    one thread at a time.
/// Lifetime  ends with all its processes when this process ends, however it ends: it reads the end of its
/// socket.
class Zygote {
 public:
  struct Plan {
    std::vector<std::string> command;  ///< bubblewrap with its options, up to the interpreter's program
    std::string filter;                ///< seccomp, see make_seccomp_filter()
    bool drop_root = false;            ///< it starts as root and becomes nobody
  };
  /// Errors: unavailable, with what bubblewrap said.
  static Result<std::unique_ptr<Zygote>> start(const Plan& plan);
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  Outcome run(const Program& program, const Limits& limits);
  /// False: something is wrong with it, and the next program needs another one.
  bool healthy() const { return healthy_; }

 private:
  Zygote() = default;
  Result<void> greet(const Plan& plan);
  bool send(std::string_view message, const std::vector<int>& handles);

  Descriptor control_;
  Descriptor complaints_;  ///< standard error of bubblewrap and the interpreter
  pid_t outer_ = -1;       ///< bubblewrap's watching process, our child
  pid_t inner_ = -1;       ///< process 1 of its namespace: its end is the end of all in it
  bool healthy_ = true;
  SystemClock clock_;
};

}  // namespace assay::sandbox
