#include "sandbox/containment.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "sandbox/descriptor.h"

namespace assay::sandbox {
namespace {

/// What is outside, for programs to look for: its names are in the programs as {canary}, {port}, {parent}.
class Outside {
 public:
  Outside() {
    std::error_code ignored;
    folder_ = (std::filesystem::temp_directory_path(ignored) / "assay-canary-XXXXXX").string();
    if (mkdtemp(folder_.data()) == nullptr) folder_.clear();
    std::filesystem::permissions(folder_, std::filesystem::perms::all,
                                 ignored);  // whoever escapes may write here
    static_cast<void>(write_file(canary(), "alive"));
    listen_somewhere();
    listen_by_name();
  }
  ~Outside() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  std::string filled(std::string_view program) const {
    std::string text(program);
    for (const auto& [name, value] : {std::pair<std::string_view, std::string>{"{canary}", canary()},
                                      {"{port}", std::to_string(port_)},
                                      {"{parent}", std::to_string(getpid())},
                                      {"{home}", environment("HOME").value_or("/root")}}) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
        text.replace(at, name.size(), value);
    }
    return text;
  }

  /// Empty, or what has changed.
  std::string damage() const {
    const auto text = read_file(canary(), 100);
    if (!text || *text != "alive") return "the file outside was changed";
    std::size_t files = 0;
    std::error_code ignored;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) ++files;
    if (files != 1) return "a file was made outside";
    const int connection = accept(listener_.get(), nullptr, nullptr);
    if (connection >= 0) {
      close(connection);
      return "the socket outside was reached";
    }
    return {};
  }

 private:
  std::string canary() const { return folder_ + "/canary"; }

  void listen_somewhere() {
    listener_ = Descriptor(socket(AF_INET, SOCK_STREAM, 0));
    if (listener_) fcntl(listener_.get(), F_SETFD, FD_CLOEXEC);
    make_nonblocking(listener_);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the interface of sockets
    if (bind(listener_.get(), plain, size) == 0 && listen(listener_.get(), 8) == 0 &&
        getsockname(listener_.get(), plain, &size) == 0) {
      port_ = ntohs(address.sin_port);
    }
  }

  /// A Unix socket without a file: whoever shares our network namespace can reach it.
  void listen_by_name() {
    named_ = Descriptor(socket(AF_UNIX, SOCK_STREAM, 0));
    if (named_) fcntl(named_.get(), F_SETFD, FD_CLOEXEC);
    const std::string name = "assay-canary-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), std::begin(address.sun_path) + 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (bind(named_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0) {  // NOLINT: as above
      static_cast<void>(listen(named_.get(), 8));
    }
  }

  std::string folder_;
  Descriptor named_;
  Descriptor listener_;
  int port_ = 0;
};

/// A program tries, and prints what it got. Nothing but "kept" means that it got nothing.
struct Threat {
  std::string_view threat;
  std::string_view program;  ///< after kTools
  std::array<End, 2> ends;   ///< one of these
  std::string_view says;     ///< what it prints on the way; "kept" for most
};

constexpr std::string_view kTools = R"py(
import os, signal, sys, time
def no(what, *with_):
    try: got = what(*with_)
    except (OSError, ImportError, ValueError, RuntimeError, MemoryError): return
    print('escaped:', what, with_, repr(got)[:100])
)py";

constexpr std::array kThreats{
    Threat{"endless loop, deaf to signals",
           "for s in range(1, 32):\n  try: signal.signal(s, signal.SIG_IGN)\n  except (OSError, ValueError): "
           "pass\n"
           "print('kept', flush=True)\nwhile True: pass",
           {End::timeout, End::timeout},
           "kept"},
    Threat{"sleeping for ever",
           "print('kept', flush=True)\ntime.sleep(10**6)",
           {End::timeout, End::timeout},
           "kept"},
    Threat{"fork bomb",
           "n = 0\ntry:\n  while n < 200:\n    if os.fork() == 0: time.sleep(100)\n    n += 1\nexcept "
           "OSError: pass\n"
           "print('kept' if n < 40 else n)",
           {End::exited, End::timeout},
           "kept"},
    Threat{"thread bomb",
           "import threading\nn = 0\ntry:\n  while n < 200:\n    threading.Thread(target=time.sleep, "
           "args=(100,), "
           "daemon=True).start()\n    n += 1\nexcept RuntimeError: pass\nprint('kept' if n < 40 else n)",
           {End::exited, End::timeout},
           "kept"},
    Threat{"one process takes 2 GB",
           "print('kept', flush=True)\nlen(bytearray(2 << 30))",
           {End::memory_limit, End::memory_limit},
           "kept"},
    Threat{"many processes take 2 GB together",
           "print('kept', flush=True)\nfor i in range(7):\n  if os.fork() == 0: break\nb = bytearray(300 << "
           "20)\n"
           "for i in range(0, len(b), 4096): b[i] = 1\ntime.sleep(100)",
           {End::memory_limit, End::memory_limit},
           "kept"},
    Threat{"reading accounts, home, the environment, other files",
           "for p in ('/etc/passwd', '/etc/shadow', '{home}/.ssh', '{home}/.profile', '/home', '/root/.ssh', "
           "'{canary}', '/sys', "
           "'/var', '/proc/1/environ', '/proc/self/maps'):\n  no(os.stat, p)\n"
           "if set(os.environ) - {'PATH', 'HOME', 'LANG', 'PYTHONHASHSEED', 'LC_CTYPE'}: print(os.environ)\n"
           "print('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{
        "writing outside its folder",
        "for p in ('{canary}', '{canary}2', '/x', '/usr/lib/x', '/etc/x', '/box/../x', '/dev/x', '/proc/x', "
        "'/empty/x', sys.executable, os.__file__):\n  no(open, p, 'w')\nprint('kept')",
        {End::exited, End::exited},
        "kept"},
    Threat{"filling the disk",
           "n = 0\ntry:\n  for i in range(40):\n    with open(str(i), 'wb') as f: f.write(bytes(8 << 20))\n  "
           "  n += 1\n"
           "except OSError: pass\nprint('kept' if n < 10 else n)",
           {End::exited, End::exited},
           "kept"},
    Threat{"one huge file",
           "with open('x', 'wb', 0) as f:\n  try:\n    for i in range(40): f.write(bytes(1 << 20))\n"
           "  except OSError: pass\nprint('kept' if os.stat('x').st_size <= 16 << 20 else os.stat('x'))",
           {End::exited, End::exited},
           "kept"},
    Threat{"millions of files",
           "n = 0\ntry:\n  while n < 5000:\n    open(str(n), 'w').close()\n    n += 1\nexcept OSError: pass\n"
           "print('kept' if n < 1001 else n)",
           {End::exited, End::exited},
           "kept"},
    Threat{
        "network: TCP, UDP, IPv6, netlink, DNS",
        "import socket\nfor f in (socket.AF_INET, socket.AF_INET6, 16, 17, 38, 40):\n"
        "  for t in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):\n    no(socket.socket, f, t)\n"
        "no(socket.create_connection, ('127.0.0.1', {port}))\nno(socket.getaddrinfo, 'localhost.example', "
        "80)\n"
        "print('kept')",
        {End::exited, End::exited},
        "kept"},
    Threat{"abstract Unix sockets of others",
           "import socket\ns = socket.socket(socket.AF_UNIX)\nno(s.connect, '\\0assay-canary-{parent}')\n"
           "s = socket.socket(socket.AF_UNIX)\ns.bind('\\0assay-own')\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{
        "leaving shared memory for the next program",
        "import ctypes\nprint('kept' if ctypes.CDLL(None).shmget(0x1234, 100, 0o1666) >= 0 else 'none made')",
        {End::exited, End::exited},
        "kept"},
    Threat{"endless output", "while True: print('x' * 1000)", {End::output_limit, End::output_limit}, "xxxx"},
    Threat{"endless errors",
           "print('kept', flush=True)\nwhile True: sys.stderr.write('x' * 1000)",
           {End::output_limit, End::output_limit},
           "kept"},
    Threat{
        "signals to everybody",
        "no(os.kill, {parent}, 0)\nno(os.kill, {parent}, 9)\nsignal.signal(15, signal.SIG_IGN)\n"
        "try: os.kill(-1, 15)\nexcept OSError: pass\ntry: os.kill(1, 9)\nexcept OSError: pass\nprint('kept')",
        {End::exited, End::exited},
        "kept"},
    Threat{"looking into other processes",
           "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nfor pid in (1, os.getppid(), {parent}):\n"
           "  if c.ptrace(16, pid, 0, 0) == 0: print('escaped: ptrace', pid)\n"
           "b = ctypes.create_string_buffer(64)\nv = (ctypes.c_size_t * 2)(ctypes.addressof(b), 64)\n"
           "if c.process_vm_readv(1, v, 1, v, 1, 0) >= 0: print('escaped: process_vm_readv')\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"leaving a daemon",
           "if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    time.sleep(100)\n  "
           "os._exit(0)\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"mounts, new namespaces, another root",
           "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n"
           "if c.mount(b't', b'/box/work', b'tmpfs', 0, None) == 0: print('escaped: mount')\n"
           "if c.umount2(b'/proc', 2) == 0: print('escaped: umount')\n"
           "for f in (0x10000000, 0x20000000, 0x20000, 0x40000000):\n"
           "  if c.unshare(f) == 0: print('escaped: unshare', f)\n"
           "  if c.syscall({clone}, f | 17, 0, 0, 0, 0) >= 0: print('escaped: clone', f)\n"
           "no(os.chroot, '/box/work')\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"becoming another user",
           "no(os.setuid, 0)\nno(os.setgid, 0)\nno(os.setgroups, [0])\n"
           "print('kept' if os.getuid() == os.geteuid() != 0 else os.getuid())",
           {End::exited, End::exited},
           "kept"},
    Threat{"descriptors of the parent",
           "no(os.fstat, 3)\nfor i in range(3, 64): no(os.fstat, i)\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"wide doors of the kernel: keyrings, bpf, perf, io_uring, userfaultfd",
           "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nb = ctypes.create_string_buffer(256)\n"
           "for n in {calls}:\n  if c.syscall(n, 0, b, 64, 0, 0) >= 0 or ctypes.get_errno() != 1: "
           "print('escaped:', n, ctypes.get_errno())\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"typing into the terminal",
           "import fcntl\nno(fcntl.ioctl, 0, 0x5412, b'x')\nno(open, '/dev/tty')\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"lifting its own limits",
           "import resource\nfor r in (resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, "
           "resource.RLIMIT_NOFILE):\n  no(resource.setrlimit, r, (1 << 40, 1 << 40))\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
    Threat{"deep recursion in C",
           "print('kept', flush=True)\nsys.setrecursionlimit(10**8)\nimport functools\nx = []\n"
           "for i in range(3 * 10**5): x = [x]\nrepr(x)",
           {End::timeout, End::signalled},
           "kept"},
    Threat{"regex blow-up, huge integers",
           "print('kept', flush=True)\nimport re\nre.match('(a+)+$', 'a' * 60 + '!')\n9 ** 9 ** 9",
           {End::timeout, End::memory_limit},
           "kept"},
    Threat{"removing its own folder",
           "os.rmdir('/box/work')\nno(os.rename, '/box', '/box2')\nos.chmod('/box', 0)\nprint('kept')",
           {End::exited, End::exited},
           "kept"},
};

/// Runs after every threat: the world must be clean again.
constexpr std::string_view kClean =
    "import os\nassert os.getcwd() == '/box/work' and os.listdir('.') == [] and os.listdir('/tmp') == []\n"
    "assert os.listdir('/dev/shm') == []\nimport ctypes\n"
    "assert ctypes.CDLL(None).shmget(0x1234, 100, 0) < 0\nprint(6 * 7)";

std::string filled(const Outside& outside, std::string_view program) {
  std::string text = outside.filled(program);
#if defined(__aarch64__)
  const std::string clone = "220";
  const std::string calls = "(217, 218, 219, 241, 280, 282, 425)";
#else
  const std::string clone = "56";
  const std::string calls = "(248, 249, 250, 298, 321, 323, 425)";
#endif
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"{clone}", clone}, {"{calls}", calls}}) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
      text.replace(at, name.size(), value);
  }
  return text;
}

Containment examine(Sandbox& sandbox, const Outside& outside, const Threat& threat) {
  Limits limits;
  limits.wall = std::chrono::seconds(5);
  if (threat.ends[0] == End::timeout) limits.wall = std::chrono::milliseconds(300);
  const std::string source = std::string(kTools) + filled(outside, threat.program);
  const Outcome outcome = sandbox.run({.source = source, .arguments = {}, .input = {}, .reply = {}}, limits);
  const std::string said(trim(outcome.out));
  Containment row{.threat = threat.threat, .holds = false, .detail = outside.damage()};
  if (!row.detail.empty()) return row;
  const bool as_meant = outcome.end == threat.ends[0] || outcome.end == threat.ends[1];
  const bool quiet = threat.says == "kept" ? said == "kept" : said.starts_with(threat.says);
  if (!as_meant || !quiet) {
    row.detail = fmt::format("{} ({}), said '{}' {}", name_of(outcome.end), outcome.detail,
                             printable(said, 200), printable(outcome.err, 300));
    return row;
  }
  const Outcome next =
      sandbox.run({.source = std::string(kClean), .arguments = {}, .input = {}, .reply = {}}, {});
  row.holds = trim(next.out) == "42";
  if (!row.holds) row.detail = "the next program: " + next.detail + " " + printable(next.err, 300);
  return row;
}

}  // namespace

std::vector<Containment> self_test(Sandbox& sandbox) {
  const Outside outside;
  std::vector<Containment> rows;
  for (const Threat& threat : kThreats) rows.push_back(examine(sandbox, outside, threat));
  return rows;
}

}  // namespace assay::sandbox
