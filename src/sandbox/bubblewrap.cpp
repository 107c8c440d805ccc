// bubblewrap: pre-forked interpreters, each in a bubblewrap, each running one program at a time.
#include "sandbox/entries.h"

#if defined(__linux__)

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <shared_mutex>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "sandbox/interpreter.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/zygote.h"

namespace assay::sandbox {
namespace {

/// The folders above `path`, for everybody: bubblewrap would copy the modes of the real ones, and nobody may
/// enter root's home.
void make_way(std::vector<std::string>& command, const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    command.insert(command.end(), {"--perms", "0755", "--dir", path.substr(0, at)});
}

/// Shows `path` read-only where it is: a link as a link, a folder or file as itself, nothing as nothing.
void show(std::vector<std::string>& command, const std::string& path) {
  std::array<char, 4096> target{};
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  if (length > 0) {
    command.insert(command.end(),
                   {"--symlink", std::string(target.data(), static_cast<std::size_t>(length)), path});
  } else if (access(path.c_str(), F_OK) == 0) {
    make_way(command, path);
    command.insert(command.end(), {"--ro-bind", path, path});
  }
}

std::vector<std::string> command_for(const Interpreter& interpreter) {
  std::vector<std::string> command{"bwrap",
                                   "--info-fd",
                                   "4",
                                   "--unshare-pid",
                                   "--unshare-net",
                                   "--unshare-ipc",
                                   "--unshare-uts",
                                   "--unshare-cgroup-try",
                                   "--new-session",
                                   "--clearenv",
                                   "--setenv",
                                   "PATH",
                                   "/usr/bin:/bin",
                                   "--setenv",
                                   "HOME",
                                   "/box/work",
                                   "--setenv",
                                   "LANG",
                                   "C.UTF-8",
                                   "--setenv",
                                   "PYTHONHASHSEED",
                                   "0",
                                   "--cap-drop",
                                   "ALL"};
  // Root's processes are never limited in number, in no namespace. So the interpreter of root becomes nobody
  // (and keeps the right to, until then); bubblewrap itself stays root, which can show a library that only
  // root can read.
  if (geteuid() == 0) {
    command.insert(command.end(), {"--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"});
  } else {
    command.emplace_back("--unshare-user");
  }
  for (const char* path : {"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache"})
    show(command, path);
  if (interpreter.prefix != "/usr" && interpreter.prefix != "/") {
    for (const char* folder : {"/lib", "/lib64"}) show(command, interpreter.prefix + folder);
  }
  show(command, interpreter.executable);
  command.insert(command.end(), {"--proc", "/proc", "--dir", "/dev"});
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})
    command.insert(command.end(), {"--dev-bind", device, device});
  // Each program gets its own /box; nothing else can be written.
  command.insert(command.end(), {"--dir", "/empty", "--dir", "/box", "--symlink", "/box/tmp", "/tmp",
                                 "--symlink", "/box/shm", "/dev/shm", "--remount-ro", "/", "--chdir", "/"});
  command.insert(command.end(), {interpreter.executable, "-s", "-S", "-B", "-c"});
  return command;
}

/// Which bubblewrap: another one has another size or time.
std::string tool_stamp() {
  for (const std::string& folder : split(environment("PATH").value_or("/usr/bin:/bin"), ':')) {
    const std::string path = folder + "/bwrap";
    struct stat facts {};
    if (stat(path.c_str(), &facts) == 0)
      return fmt::format("{} {} {}\n", path, facts.st_size, facts.st_mtime);
  }
  return {};
}

class Bubblewrap final : public Sandbox {
 public:
  Bubblewrap(Zygote::Plan plan, const Interpreter& interpreter, std::string cache)
      : plan_(std::move(plan)), version_(interpreter.version), library_(interpreter, std::move(cache)) {}

  Outcome run(const Program& program, const Limits& limits) override {
    if (program.held) return run_in_a_zygote(program, limits);
    bool alone = false;
    Outcome outcome = run_beside_others(program, limits, alone);
    // Load must never turn a pass into a fail: a second run, with nothing of ours beside it, has the last
    // word.
    if (outcome.end != End::timeout || alone || program.reply) return outcome;
    const std::unique_lock quiet(quiet_);
    return run_in_a_zygote(program, limits);
  }

  std::shared_ptr<void> hold(bool alone) override {
    if (alone) return std::make_shared<std::unique_lock<std::shared_mutex>>(quiet_);
    return std::make_shared<std::shared_lock<std::shared_mutex>>(quiet_);
  }

  std::string describe() const override { return "bubblewrap, Python " + version_; }

  Signature signature() const override {
    std::string enclosure = tool_stamp() + zygote_source() + plan_.filter;
    for (const std::string& word : plan_.command) enclosure += word + "\n";
    return {
        .interpreter = "Python " + version_, .library = library_.get(), .enclosure = hex(sha256(enclosure))};
  }

 private:
  Outcome run_beside_others(const Program& program, const Limits& limits, bool& alone) {
    const std::shared_lock together(quiet_);
    const bool first = active_.fetch_add(1) == 0;
    const std::uint64_t ticket = started_.fetch_add(1) + 1;
    Outcome outcome = run_in_a_zygote(program, limits);
    alone = first && started_.load() == ticket;
    active_.fetch_sub(1);
    return outcome;
  }

  Outcome run_in_a_zygote(const Program& program, const Limits& limits) {
    Result<std::unique_ptr<Zygote>> zygote = take();
    if (!zygote) {
      Outcome outcome;
      outcome.detail = sentence(zygote.error());
      return outcome;
    }
    Outcome outcome = (*zygote)->run(program, limits);
    if ((*zygote)->healthy()) {
      const std::scoped_lock lock(mutex_);
      idle_.push_back(std::move(*zygote));
    }
    return outcome;
  }

  Result<std::unique_ptr<Zygote>> take() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Zygote> zygote = std::move(idle_.back());
        idle_.pop_back();
        return zygote;
      }
    }
    return Zygote::start(plan_);
  }

  Zygote::Plan plan_;
  std::string version_;
  LibraryHash library_;
  std::shared_mutex quiet_;
  std::atomic<int> active_{0};
  std::atomic<std::uint64_t> started_{0};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Zygote>> idle_;  ///< as many as programs ran at once
};

}  // namespace

Result<std::shared_ptr<Sandbox>> make_bubblewrap(const Choice& choice) {
  const Result<Interpreter> interpreter = find_interpreter(choice.interpreter);
  if (!interpreter) return fail(interpreter.error());
  Result<std::string> filter = make_seccomp_filter();
  if (!filter) return fail(filter.error());
  return std::make_shared<Bubblewrap>(
      Zygote::Plan{
          .command = command_for(*interpreter), .filter = std::move(*filter), .drop_root = geteuid() == 0},
      *interpreter, choice.cache);
}

std::optional<Error> probe_bubblewrap(const Choice& choice) {
  const Result<std::shared_ptr<Sandbox>> sandbox = make_bubblewrap(choice);
  if (!sandbox) return sandbox.error();
  return try_out(**sandbox);
}

}  // namespace assay::sandbox

#else

namespace assay::sandbox {

std::optional<Error> probe_bubblewrap(const Choice& /*choice*/) {
  return Error{.code = Code::unsupported,
               .where = {},
               .found = "only Linux has a sandbox that is proven (bubblewrap)",
               .expected = {},
               .remedy = "--unsafe-no-sandbox runs programs of models with your rights"};
}

Result<std::shared_ptr<Sandbox>> make_bubblewrap(const Choice& choice) {
  return fail(*probe_bubblewrap(choice));
}

}  // namespace assay::sandbox

#endif
