// A new interpreter per program, in a process group and a temporary folder of its own: alone it is `none`,
// which protects from nothing but endless loops and endless output; behind macOS's sandbox-exec it is
// `sandbox-exec`.
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/pipe.h"
#include "sandbox/capture.h"
#include "sandbox/entries.h"
#include "sandbox/interpreter.h"
#include "sandbox/outside.h"

namespace assay::sandbox {
namespace {

std::string real_path(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

/// A folder that is removed with all that is in it.
class Folder {
 public:
  Folder() {
    std::error_code ignored;
    path_ = (std::filesystem::temp_directory_path(ignored) / "assay-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
    // The rules of sandbox-exec compare real paths, and macOS's temporary folder is behind a link.
    if (!path_.empty()) path_ = real_path(path_);
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Outcome broken(std::string detail) {
  Outcome outcome;
  outcome.detail = std::move(detail);
  return outcome;
}

struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* folder;
  std::array<int, 3> streams;
};

void limit(int resource, std::uint64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  setrlimit(resource, &both);  // a system that refuses one (macOS: RLIMIT_AS) still has the others
}

/// In the child after fork: only calls that are safe there.
[[noreturn]] void become(const Launch& launch, const Limits& limits) {
  setsid();
  for (int i = 0; i < 3; ++i) dup2(launch.streams[static_cast<std::size_t>(i)], i);
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  limit(RLIMIT_NOFILE, limits.open_files);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU,
        static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(limits.wall).count()) + 1);
  if (chdir(launch.folder) == 0) execve(launch.argv[0], launch.argv.data(), launch.environment.data());
  _exit(127);
}

class Plain final : public Sandbox {
 public:
  /// `prefix` stands before the interpreter; "{box}" in it is the program's folder.
  Plain(std::string name, std::vector<std::string> prefix, const Interpreter& interpreter, std::string cache)
      : name_(std::move(name)),
        prefix_(std::move(prefix)),
        interpreter_(interpreter),
        library_(interpreter, std::move(cache)) {}

  Outcome run(const Program& program, const Limits& limits) override {
    const Folder folder;
    const std::string work = folder.path() + "/work";
    const std::string file = folder.path() + "/program.py";
    if (folder.path().empty() || !make_folder(work) || !write_file(file, program.source))
      return broken("no temporary folder can be made");
    std::vector<std::string> words = prefix_;
    for (std::string& word : words) replace_all(word, "{box}", folder.path());
    words.insert(words.end(), {interpreter_.executable, "-s", "-S", "-B", file});
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    return launch(words, work, program, limits);
  }

  std::string describe() const override { return name_ + ", Python " + interpreter_.version; }

  Signature signature() const override {
    std::string enclosure;
    for (const std::string& word : prefix_) enclosure += word + "\n";
    return {.interpreter = "Python " + interpreter_.version,
            .library = library_.get(),
            .enclosure = hex(sha256(enclosure))};
  }

 private:
  static Outcome launch(std::vector<std::string>& words, const std::string& work, const Program& program,
                        const Limits& limits) {
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    Pipe in = program.reply ? make_pipe() : Pipe{};
    if (!program.reply) in.read = make_memory_file(program.input);
    if (!out || !err || !in.read) return broken("no more files can be opened");
    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "HOME=" + work, "LANG=C.UTF-8",
                                         "PYTHONHASHSEED=0"};
    Launch launch{.argv = {},
                  .environment = {},
                  .folder = work.c_str(),
                  .streams = {in.read.get(), out.write.get(), err.write.get()}};
    for (std::string& word : words) launch.argv.push_back(word.data());
    for (std::string& variable : environment) launch.environment.push_back(variable.data());
    launch.argv.push_back(nullptr);
    launch.environment.push_back(nullptr);
    const pid_t child = fork_child();
    if (child == 0) become(launch, limits);
    if (child < 0) return broken("no more processes can be started");
    in.read.reset();
    out.write.reset();
    err.write.reset();
    Running running{program,
                    limits,
                    child,
                    Capture(std::move(out.read), limits.out),
                    Capture(std::move(err.read), limits.err),
                    Feed(std::move(in.write))};
    return running.finish();
  }

  struct Running {
    const Program& program;
    const Limits& limits;
    pid_t child;
    Capture out;
    Capture err;
    Feed feed;
    SystemClock clock = {};
    std::optional<End> stopped = {};

    Outcome finish() {
      Outcome outcome;
      const Nanos begin = clock.now();
      while (!stopped && out.number() + err.number() > -2) {
        const Nanos left = begin + limits.wall - clock.now();
        if (left <= Nanos{0}) {
          stopped = End::timeout;
          break;
        }
        std::array<pollfd, 3> polled{
            {{out.number(), POLLIN, 0}, {err.number(), POLLIN, 0}, {feed.number(), POLLOUT, 0}}};
        poll(polled.data(), polled.size(),
             static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
        if (polled[0].revents != 0) read_out();
        if (polled[1].revents != 0 && !err.read() && err.over()) stopped = End::output_limit;
        if (polled[2].revents != 0) feed.write();
      }
      int status = 0;
      rusage usage{};
      if (stopped) kill(-child, SIGKILL);
      // A program that closed its streams has what is left of its time.
      while (!stopped && wait4(child, &status, WNOHANG, &usage) == 0) {
        if (clock.now() - begin > limits.wall) stopped = End::timeout;
        clock.sleep_until(clock.now() + std::chrono::milliseconds(1));
      }
      kill(-child, SIGKILL);
      if (stopped) wait4(child, &status, 0, &usage);
      outcome.wall = clock.now() - begin;
      outcome.cpu = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                    std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
      outcome.out = out.text();
      outcome.err = err.text();
      classify(status, limits, outcome);
      if (stopped) {
        outcome.end = *stopped;
        outcome.detail = fmt::format("ended: {}", name_of(*stopped));
      }
      return outcome;
    }

    void read_out() {
      if (!out.read() && out.over()) stopped = End::output_limit;
      if (!program.reply) return;
      while (!stopped) {
        const std::optional<std::string> line = out.take_line();
        if (!line) return;
        const std::optional<std::string> answer = program.reply(*line);
        if (!answer) {
          stopped = End::stopped;
        } else {
          feed.add(*answer);
        }
      }
    }
  };

  std::string name_;
  std::vector<std::string> prefix_;
  Interpreter interpreter_;
  LibraryHash library_;
};

#if defined(__APPLE__)
/// Deny by default: the interpreter and the system's libraries to read, one folder to write, no network.
/// A framework's Python (Homebrew's, Xcode's) starts a second program inside its prefix, so that may be
/// executed too; since macOS 13 the system's libraries lie in a cryptex.
std::string profile_for(const Interpreter& interpreter) {
  const std::string libraries = fmt::format(
      "(subpath \"/usr/lib\") (subpath \"/System/Library\") (subpath \"/System/Cryptexes\")"
      " (subpath \"/System/Volumes/Preboot/Cryptexes\") (subpath \"{}\") (literal \"{}\")",
      real_path(interpreter.prefix), interpreter.executable);
  return fmt::format(
      "(version 1)(deny default)"
      "(allow process-fork)(allow process-exec (subpath \"{}\") (literal \"{}\"))"
      "(allow signal (target pgrp))(allow sysctl-read)"
      "(allow file-map-executable {})"
      "(allow file-read* {} (literal \"/\") (literal \"/dev/null\") (literal \"/dev/urandom\")"
      " (subpath \"{{box}}\"))"
      "(allow file-write* (subpath \"{{box}}/work\") (literal \"/dev/null\"))",
      real_path(interpreter.prefix), interpreter.executable, libraries, libraries);
}
#endif

}  // namespace

Result<std::shared_ptr<Sandbox>> make_none(const Choice& choice) {
  const Result<Interpreter> interpreter = find_interpreter(choice.interpreter);
  if (!interpreter) return fail(interpreter.error());
  return std::make_shared<Plain>("none", std::vector<std::string>{}, *interpreter, choice.cache);
}

std::optional<Error> probe_none(const Choice& choice) {
  const Result<std::shared_ptr<Sandbox>> sandbox = make_none(choice);
  if (!sandbox) return sandbox.error();
  return try_out(**sandbox);
}

Result<std::shared_ptr<Sandbox>> make_sandbox_exec([[maybe_unused]] const Choice& choice) {
#if defined(__APPLE__)
  const Result<Interpreter> interpreter = find_interpreter(choice.interpreter);
  if (!interpreter) return fail(interpreter.error());
  std::vector<std::string> prefix{"/usr/bin/sandbox-exec", "-p", profile_for(*interpreter)};
  return std::make_shared<Plain>("sandbox-exec", std::move(prefix), *interpreter, choice.cache);
#else
  return fail({.code = Code::unsupported,
               .where = {},
               .found = "sandbox-exec is for macOS",
               .expected = {},
               .remedy = {}});
#endif
}

std::optional<Error> probe_sandbox_exec(const Choice& choice) {
  const Result<std::shared_ptr<Sandbox>> sandbox = make_sandbox_exec(choice);
  if (!sandbox) return sandbox.error();
  return try_out(**sandbox);
}

}  // namespace assay::sandbox
