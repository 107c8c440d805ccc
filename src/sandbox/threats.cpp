#include "sandbox/threats.h"

#include <array>

#include "sandbox/outside.h"

namespace assay::sandbox {
namespace {

using namespace std::string_view_literals;

/// The process takes a name by which it is found from outside, and so do all that it forks.
constexpr std::string_view kTools = R"py(
import ctypes, os, signal, sys, time
try: ctypes.CDLL(None).prctl(15, b'{mark}', 0, 0, 0)
except AttributeError: pass
def no(what, *with_):
    try: got = what(*with_)
    except (OSError, ImportError, ValueError, RuntimeError, MemoryError): return
    print('escaped:', what, with_, repr(got)[:100])
)py";

/// What differs between the doses. Later rows fill in what earlier ones brought.
struct Aim {
  std::string_view name;
  std::string_view full;
  std::string_view tame;
};

constexpr std::array kAims {
  Aim{"{long}", "10**6", "1"}, Aim{"{many}", "200", "60"}, Aim{"{huge}", "2 << 30", "512 << 20"},
      Aim{"{each}", "300 << 20", "50 << 20"},
      Aim{"{write}",
          "'{canary}', '{canary}2', '/x', '/usr/lib/x', '/etc/x', '/box/../x', '/dev/x', '/proc/x', "
          "'/empty/x', "
          "sys.executable, os.__file__",
          "'{canary}', '{canary}2'"},
      Aim{"{blocks}", "40", "12"}, Aim{"{files}", "5000", "1100"}, Aim{"{lines}", "10**9", "2000"},
      Aim{"{bomb}", "200", "20"}, Aim{"{name}", "localhost.example", "localhost"},
      Aim{"{victims}", "({parent}, 0), ({parent}, 9)", "({parent}, 0),"},
      Aim{"{everybody}", "(-1, 15), (1, 9)", ""}, Aim{"{others}", "1, os.getppid(), {parent}", ""},
      Aim{"{umount}", "b'/proc',", ""},
#if defined(__aarch64__)
      Aim{"{clone}", "220", "220"},
      Aim{"{calls}", "217, 218, 219, 241, 280, 282, 425", "217, 218, 219, 241, 280, 282, 425"},
#else
      Aim{"{clone}", "56", "56"},
      Aim{"{calls}", "248, 249, 250, 298, 321, 323, 425", "248, 249, 250, 298, 321, 323, 425"},
#endif
};

constexpr std::array kThreats{
    Threat{.threat = "endless loop, deaf to signals",
           .program = R"py(
for s in range(1, 32):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
print('kept', flush=True)
end = time.monotonic() + {long}
while time.monotonic() < end: pass
)py",
           .ends = {End::timeout, End::timeout}},
    Threat{.threat = "sleeping for ever",
           .program = "print('kept', flush=True)\ntime.sleep({long})",
           .ends = {End::timeout, End::timeout}},
    Threat{.threat = "fork bomb",
           .program = R"py(
n = 0
try:
    while n < {many}:
        if os.fork() == 0:
            time.sleep({long})
            os._exit(0)
        n += 1
except OSError: pass
print('kept' if n < 40 else 'escaped: %d processes' % n)
)py",
           .ends = {End::exited, End::timeout}},
    Threat{.threat = "thread bomb",
           .program = R"py(
import threading
n = 0
try:
    while n < {many}:
        threading.Thread(target=time.sleep, args=({long},), daemon=True).start()
        n += 1
except RuntimeError: pass
print('kept' if n < 40 else 'escaped: %d threads' % n)
)py",
           .ends = {End::exited, End::timeout}},
    Threat{.threat = "one process takes 2 GB",
           .program = "print('kept', flush=True)\nprint('escaped:', len(bytearray({huge})))",
           .ends = {End::memory_limit, End::memory_limit}},
    Threat{.threat = "many processes take 2 GB together",
           .program = R"py(
print('kept', flush=True)
first, (r, w) = os.getpid(), os.pipe()
for i in range(7):
    if os.fork() == 0: break
b = bytearray({each})
for i in range(0, len(b), 4096): b[i] = 1
time.sleep(0.5)  # long enough to be seen
os.write(w, b'x')
if os.getpid() != first:
    time.sleep({long})
    os._exit(0)
there = 0
while there < 8: there += len(os.read(r, 8))
print('escaped: 8 times', len(b), 'bytes in use')
)py",
           .ends = {End::memory_limit, End::memory_limit}},
    Threat{.threat = "reading accounts, home, the environment, other files", .program = R"py(
for p in ('/etc/passwd', '/etc/shadow', '{home}/.ssh', '{home}/.profile', '/home', '/root/.ssh', '{canary}', '/sys',
          '/var', '/proc/1/environ', '/proc/self/maps'):
    no(os.stat, p)
if set(os.environ) - {'PATH', 'HOME', 'LANG', 'PYTHONHASHSEED', 'LC_CTYPE'}: print(os.environ)
print('kept')
)py"},
    Threat{.threat = "writing outside its folder", .program = R"py(
for p in ({write}): no(open, p, 'w')
print('kept')
)py"},
    Threat{.threat = "filling the disk", .program = R"py(
n = 0
try:
    for i in range({blocks}):
        with open(str(i), 'wb') as f: f.write(bytes(8 << 20))
        n += 1
except OSError: pass
print('kept' if n < 10 else 'escaped: %d times 8 MiB' % n)
)py"},
    Threat{.threat = "one huge file", .program = R"py(
with open('x', 'wb', 0) as f:
    try:
        for i in range(40): f.write(bytes(1 << 20))
    except OSError: pass
print('kept' if os.stat('x').st_size <= 16 << 20 else 'escaped: %d bytes' % os.stat('x').st_size)
)py"},
    Threat{.threat = "millions of files", .program = R"py(
n = 0
try:
    while n < {files}:
        open(str(n), 'w').close()
        n += 1
except OSError: pass
print('kept' if n < 1001 else 'escaped: %d files' % n)
)py"},
    Threat{.threat = "network: TCP, UDP, IPv6, netlink, DNS", .program = R"py(
import socket
for f in (socket.AF_INET, socket.AF_INET6, 16, 17, 38, 40):
    for t in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW): no(socket.socket, f, t)
no(socket.create_connection, ('127.0.0.1', {port}))
no(socket.getaddrinfo, '{name}', 80)
print('kept')
)py"},
    Threat{.threat = "abstract Unix sockets of others", .program = R"py(
import socket
s = socket.socket(socket.AF_UNIX)
no(s.connect, '\0assay-canary-{parent}')
s = socket.socket(socket.AF_UNIX)
s.bind('\0assay-own')
print('kept')
)py"},
    Threat{.threat = "leaving shared memory for the next program",
           .program = "print('kept' if ctypes.CDLL(None).shmget({key}, 100, 0o1666) >= 0 else 'none made')"},
    Threat{.threat = "endless output",
           .program = "for i in range({lines}): print('x' * 1000)",
           .ends = {End::output_limit, End::output_limit},
           .says = "xxxx"},
    Threat{.threat = "endless errors",
           .program = "print('kept', flush=True)\nfor i in range({lines} // 4): sys.stderr.write('x' * 1000)",
           .ends = {End::output_limit, End::output_limit}},
    Threat{.threat = "a zip bomb, unpacked to the disk and to the output",
           .program = R"py(
import zlib
maker = zlib.compressobj(1)
small = b''.join([maker.compress(bytes(1 << 20)) for i in range({bomb})] + [maker.flush()])
print('kept', flush=True)
def unpack(to):
    opened, rest = zlib.decompressobj(), small
    while rest:
        to.write(opened.decompress(rest, 1 << 20))
        rest = opened.unconsumed_tail
try:
    with open('bomb', 'wb', 0) as f: unpack(f)
except OSError: pass
if os.stat('bomb').st_size > 16 << 20: print('escaped: %d bytes' % os.stat('bomb').st_size, flush=True)
unpack(sys.stdout.buffer)
)py",
           .ends = {End::output_limit, End::output_limit},
           .says = "kept\n\0"sv},
    Threat{.threat = "signals to everybody", .program = R"py(
for pid, number in ({victims}): no(os.kill, pid, number)
signal.signal(15, signal.SIG_IGN)
for pid, number in ({everybody}):
    try: os.kill(pid, number)
    except OSError: pass
print('kept')
)py"},
    Threat{.threat = "looking into other processes", .program = R"py(
c = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(64)
v = (ctypes.c_size_t * 2)(ctypes.addressof(b), 64)
child = os.fork()
if child == 0:
    time.sleep({long})
    os._exit(0)
for pid in (child, {others}):
    if c.process_vm_readv(pid, v, 1, v, 1, 0) >= 0: print('escaped: process_vm_readv', pid)
    if c.ptrace(0x4206, pid, 0, 0) == 0: print('escaped: ptrace', pid)
os.kill(child, 9)
print('kept')
)py"},
    Threat{.threat = "leaving a daemon", .program = R"py(
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 64)
        time.sleep(100)
    os._exit(0)
os.wait()
print('kept')
)py"},
    Threat{.threat = "mounts, new namespaces, another root", .program = R"py(
c = ctypes.CDLL(None, use_errno=True)
if c.mount(b't', b'/box/work', b'tmpfs', 0, None) == 0: print('escaped: mount')
for p in ({umount}):
    if c.umount2(p, 2) == 0: print('escaped: umount')
for f in (0x10000000, 0x20000000, 0x20000, 0x40000000):
    if c.unshare(f) == 0: print('escaped: unshare', f)
    child = c.syscall({clone}, f | 17, 0, 0, 0, 0)
    if child == 0: os._exit(0)
    if child > 0: print('escaped: clone', f, os.waitpid(child, 0))
no(os.chroot, '/box/work')
print('kept')
)py"},
    Threat{.threat = "becoming another user", .program = R"py(
no(os.setuid, 0)
no(os.setgid, 0)
no(os.setgroups, [0])
print('kept' if os.getuid() == os.geteuid() != 0 else os.getuid())
)py"},
    Threat{.threat = "descriptors of the parent", .program = R"py(
for i in range(3, 64): no(os.fstat, i)
print('kept')
)py"},
    Threat{.threat = "wide doors of the kernel: keyrings, bpf, perf, io_uring, userfaultfd", .program = R"py(
c = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(256)
for n in ({calls}):
    if c.syscall(n, 0, b, 64, 0, 0) >= 0 or ctypes.get_errno() != 1: print('escaped:', n, ctypes.get_errno())
print('kept')
)py"},
    Threat{.threat = "typing into the terminal", .program = R"py(
import fcntl
for request in (0x5412, 0x541C):
    try: print('escaped:', fcntl.ioctl(0, request, b'x'))
    except OSError as error:
        if error.errno != 1: print('escaped: the kernel looked at it:', error)
no(open, '/dev/tty')
print('kept')
)py"},
    Threat{.threat = "lifting its own limits", .program = R"py(
import resource
for r, more in ((resource.RLIMIT_NPROC, 64), (resource.RLIMIT_AS, 2 << 30), (resource.RLIMIT_FSIZE, 32 << 20),
                (resource.RLIMIT_NOFILE, 128)):
    no(resource.setrlimit, r, (more, more))
print('kept')
)py"},
    Threat{.threat = "deep recursion in C",
           .program = R"py(
print('kept', flush=True)
sys.setrecursionlimit(10**8)
x = []
for i in range(3 * 10**5): x = [x]
repr(x)
)py",
           .ends = {End::timeout, End::signalled},
           .harm = Harm::itself},
    Threat{.threat = "regex blow-up, huge integers",
           .program = "print('kept', flush=True)\nimport re\nre.match('(a+)+$', 'a' * 60 + '!')\n9 ** 9 ** 9",
           .ends = {End::timeout, End::memory_limit},
           .harm = Harm::itself},
    Threat{.threat = "removing its own folder",
           .program =
               "os.rmdir('/box/work')\nno(os.rename, '/box', '/box2')\nos.chmod('/box', 0)\nprint('kept')",
           .harm = Harm::itself},
};

}  // namespace

std::span<const Threat> threats() {
  return kThreats;
}

std::string program_of(const Threat& threat, Dose dose) {
  std::string program = std::string(kTools) + std::string(threat.program);
  for (const Aim& aim : kAims) replace_all(program, aim.name, dose == Dose::full ? aim.full : aim.tame);
  return program;
}

}  // namespace assay::sandbox
