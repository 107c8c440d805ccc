// A child process with pipes for its three streams.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

struct ExitStatus {
  int code = 0;    ///< exit code, when it exited
  int signal = 0;  ///< signal number, when one killed it; else 0
};
/// "exit code 3", "killed by signal 9 (Killed)".
std::string describe(const ExitStatus& status);

/// One child. Its standard output is read line by line, its standard error is kept (the last 64 KiB).
/// Thread   one thread at a time.
/// Lifetime the destructor closes the child's input, waits briefly, then kills it. On Linux the child also
///          dies when our process does, so that kill −9 of assay leaves no engine behind.
class Process {
 public:
  /// Starts argv[0] (searched on PATH). Errors: not_found, permission, io.
  static Result<std::unique_ptr<Process>> start(std::vector<std::string> argv);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  /// Writes the whole text to the child's standard input. Errors: io when the child has closed it; timeout
  /// when it does not read for 10 seconds.
  Result<void> write(std::string_view text);

  struct Line {
    std::string text;       ///< without the line break
    bool too_long = false;  ///< cut at the limit; the rest was dropped
  };
  /// The next line of standard output: waits for it until `until` of `clock` (a real one: this is the outside
  /// world). nullopt when the time is over or the stream has ended (then ended() is true).
  std::optional<Line> read_line(Nanos until);
  /// True when standard output has ended and every line was read.
  bool ended() const { return ended_ && lines_.empty(); }

  void close_input();
  void kill(int signal);
  /// Waits for the exit until then; nullopt when it still runs.
  std::optional<ExitStatus> wait(Nanos until);
  /// What it wrote on standard error, the last 64 KiB.
  std::string stderr_tail();
  /// The end of that for a person, at most 600 bytes; empty when it wrote nothing.
  std::string last_words();

 private:
  Process() = default;
  void fill(Nanos until);
  void take_output(std::string_view bytes);
  bool drain(int fd, bool is_output);

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  bool ended_ = false;
  bool dropping_ = false;
  std::string partial_;
  std::vector<Line> lines_;  // in order; read from next_
  std::size_t next_ = 0;
  std::string error_tail_;
  std::optional<ExitStatus> status_;
  SystemClock clock_;
};

/// Bytes of memory of a process and its descendants.
struct ProcessMemory {
  std::uint64_t resident = 0;  ///< anonymous + resident pages of mapped files
  std::uint64_t mapped = 0;    ///< the part that is mapped files
  std::uint64_t peak = 0;      ///< highest `resident` since start or reset_peak_memory()
};
/// Linux: /proc (VmHWM, RssAnon, RssFile, RssShmem). macOS: proc_pid_rusage, whose footprint leaves mapped
/// weights out, so the resident mapped regions are added. Absent when the process is gone or the system does
/// not tell.
std::optional<ProcessMemory> process_memory(pid_t pid);
/// Makes `peak` start again from now. False where the system cannot (macOS): the peak then includes the load.
bool reset_peak_memory(pid_t pid);
/// Bytes that could be used without swapping; absent when unknown.
std::optional<std::uint64_t> available_memory();
/// Bytes that the machine has; absent when unknown.
std::optional<std::uint64_t> total_memory();

}  // namespace assay
