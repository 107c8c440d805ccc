// Programs that a model wrote, run where they can harm nobody: the front door of this folder. What holds and
// how is in docs/sandbox.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace assay::sandbox {

/// A Python program. Its working directory is empty, its environment holds PATH, HOME, LANG and
/// PYTHONHASHSEED, and only the standard library is there.
struct Program {
  std::string source;                  ///< run as a file of these bytes; UTF-8 unless it says otherwise
  std::vector<std::string> arguments;  ///< sys.argv[1:]
  std::string input;                   ///< standard input, of any length; ignored when there is a `reply`
  /// A dialogue: called with every whole line of standard output, without its line break, while the program
  /// runs; what it returns is written to standard input (nothing is added), and nullopt ends the program.
  /// Such lines are not in Outcome::out. Called on the thread that called run().
  std::function<std::optional<std::string>(std::string_view line)> reply;
  bool held = false;  ///< runs under a hold() of the caller
};

/// Zero is never "no limit".
struct Limits {
  Nanos wall = std::chrono::seconds(5);            ///< from the program's first instruction
  std::uint64_t memory = std::uint64_t{1} << 30U;  ///< bytes, of address space per process and in use by all
  std::uint64_t processes = 32;                    ///< processes and threads
  std::uint64_t file = std::uint64_t{16} << 20U;   ///< bytes of one file
  std::uint64_t disk = std::uint64_t{64} << 20U;   ///< bytes of all files
  std::uint64_t files = 1000;                      ///< files and folders
  std::uint64_t open_files = 64;
  std::uint64_t stack = std::uint64_t{64} << 20U;  ///< bytes
  std::uint64_t out = std::uint64_t{1} << 20U;    ///< bytes of standard output, a dialogue's lines among them
  std::uint64_t err = std::uint64_t{256} << 10U;  ///< bytes of standard error
};

enum class End {
  exited,        ///< by itself; `status` is its exit code
  signalled,     ///< `status` is the signal
  timeout,       ///< killed at the wall limit (seen twice when other programs ran beside it the first time)
  memory_limit,  ///< killed, or ended by an uncaught MemoryError
  output_limit,  ///< killed; out or err ends with "[truncated after N bytes]"
  stopped,       ///< killed because `reply` said so
  broken,        ///< the sandbox failed before the first instruction: never the program's fault
};
std::string_view name_of(End end);

struct Outcome {
  End end = End::broken;
  int status = 0;
  std::string out;  ///< bytes as they came, up to the limit
  std::string err;
  Nanos wall{0};       ///< from the first instruction to the end of its last process
  Nanos cpu{0};        ///< of all its processes
  std::string detail;  ///< a sentence: why it is broken, which limit was hit
};

/// What a verdict by programs depends on beside the programs. Empty where a sandbox does not know.
struct Signature {
  std::string interpreter;  ///< "Python 3.11.2"
  std::string library;      ///< SHA-256 of the interpreter and its library, hexadecimal
  std::string enclosure;    ///< a hash of what keeps the programs in: this build's part and the tool's
};

class Sandbox {
 public:
  virtual ~Sandbox() = default;
  /// Runs one program in a clean world, and returns when its last process is gone. Any number of threads at
  /// once; each program sees only itself.
  virtual Outcome run(const Program& program, const Limits& limits) = 0;
  /// For programs that wait for each other: whoever runs them keeps what this returns until the last of them
  /// has ended, lets it go on the same thread, and marks each as `held`. `alone`: no other program runs
  /// meanwhile, so that load cannot be why one took too long. A timeout of a held program is not confirmed by
  /// a second run.
  virtual std::shared_ptr<void> hold(bool /*alone*/) { return nullptr; }
  /// "bubblewrap, Python 3.11.2": for versions of verdicts and exports.
  virtual std::string describe() const = 0;
  /// Reads the interpreter's library when it is first asked (library_hash()).
  virtual Signature signature() const { return {}; }
};

}  // namespace assay::sandbox
