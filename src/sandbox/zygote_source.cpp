// The interpreter that forks a contained child per program. It is Python, because what it forks is the
// candidate's interpreter, already started. Everything that keeps a program in is here and in
// seccomp_filter.cpp.
#include "sandbox/zygote.h"

namespace assay::sandbox {

const char* zygote_source() {
  return R"py(import builtins, ctypes, gc, json, os, resource, select, signal, socket, struct, sys, types

CONTROL = 3
BOX = "/box"
NAMESPACES = 0x7E020000  # CLONE_NEWUSER, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP, NEWNS
SYS_CLONE = {"x86_64": 56, "aarch64": 220}
MS_NOSUID, MS_NODEV, MS_BIND = 2, 4, 4096
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 4, 24, 38, 22
libc = ctypes.PyDLL(None, use_errno=True)  # keeps the GIL, so that a cloned child has it
libc.syscall.restype = ctypes.c_long


def must(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, what + ": " + os.strerror(number))
    return result


def put(path, text):
    handle = os.open(path, os.O_WRONLY)
    os.write(handle, text.encode())
    os.close(handle)


def make_world(limits, uid, gid):
    put("/proc/self/setgroups", "deny")
    put("/proc/self/uid_map", "1000 %d 1" % uid)
    put("/proc/self/gid_map", "1000 %d 1" % gid)
    options = "size=%d,nr_inodes=%d,mode=755" % (limits["disk"], limits["files"])
    must(libc.mount(b"tmpfs", BOX.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options.encode()), "mount " + BOX)
    must(libc.mount(b"/empty", b"/proc", None, MS_BIND, None), "cover /proc")
    for folder in ("work", "tmp", "shm"):
        os.mkdir(BOX + "/" + folder, 0o700)
    os.chdir(BOX + "/work")


def drop_rights(limits):
    for name in ("as", "cpu", "fsize", "nofile", "stack", "nproc", "core"):
        limit = limits[name]
        resource.setrlimit(getattr(resource, "RLIMIT_" + name.upper()), (limit, limit))
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    must(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    must(libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(FILTER), 0, 0), "seccomp")


def become_candidate(limits, handles):
    """In the new process: returns what to run when every door is shut."""
    job, stdin, stdout, stderr, ready = handles
    with open(job, "rb") as file:
        arguments = json.loads(file.readline())
        source = file.read()
    with open(BOX + "/program.py", "wb") as file:
        file.write(source)
    os.setsid()
    for i, handle in enumerate((stdin, stdout, stderr, ready)):
        os.dup2(handle, i, inheritable=True)
    os.closerange(4, 1 << 20)
    drop_rights(limits)
    os.write(3, b"R")
    os.close(3)
    return source, arguments


def be_init(report, limits, handles, uid, gid):
    """Process 1 of the new world: sets it up, and waits for the program, whose end is the end of all."""
    try:
        make_world(limits, uid, gid)
        program = os.fork()
        if program == 0:
            return become_candidate(limits, handles)
    except BaseException as error:
        os.write(handles[4], b"E" + str(error).encode())
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(report, 0)
    os.closerange(1, 1 << 20)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
    while True:
        pid, status = os.wait()
        if pid == program:
            os.write(0, struct.pack("i", status))
            os._exit(0)


def others():
    mine = ("1", str(os.getpid()))
    return [name for name in os.listdir("/proc") if name.isdigit() and name not in mine]


def memory_in_use():
    pages = 0
    for name in others():
        try:
            with open("/proc/%s/statm" % name) as file:
                fields = file.read().split()
            pages += int(fields[1]) - int(fields[2])
        except (OSError, IndexError):
            pass
    return pages * resource.getpagesize()


def time_used():
    """Nanoseconds of all processes of the program. What dies with its namespace is in no sum of its parent."""
    ticks = 0
    for name in others():
        try:
            with open("/proc/%s/stat" % name) as file:
                fields = file.read().rsplit(")", 1)[1].split()
            ticks += sum(int(field) for field in fields[11:15])
        except (OSError, IndexError):
            pass
    return ticks * 1000000000 // os.sysconf("SC_CLK_TCK")


def watch(control, child, limits):
    """Waits for the end of the child, or ends it: at the word of the parent or over its memory."""
    over, before = False, 0
    handle = os.pidfd_open(child)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(control, select.POLLIN)
    while True:
        events = dict(poll.poll(50))
        if handle in events:
            break
        if control.fileno() in events:
            if not control.recv(16):
                os._exit(0)  # the parent is gone; everything ends with this process's namespace
            before = time_used()
            os.kill(child, signal.SIGKILL)
        elif memory_in_use() > limits["memory"]:
            over, before = True, time_used()
            os.kill(child, signal.SIGKILL)
    os.close(handle)
    usage = os.wait4(child, 0)[2]
    return over, max(before, int((usage.ru_utime + usage.ru_stime) * 1e9))


def serve(control):
    uid, gid = os.getuid(), os.getgid()
    clone = SYS_CLONE[os.uname().machine]
    while True:
        message, handles, _, _ = socket.recv_fds(control, 65536, 8)
        if not message:
            os._exit(0)
        if message == b"K":
            continue  # meant for a program that has ended meanwhile
        limits = json.loads(message)
        report_read, report_write = os.pipe()
        child = libc.syscall(clone, NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
        if child == 0:
            return be_init(report_write, limits, handles, uid, gid)
        number = ctypes.get_errno()
        os.close(report_write)
        if child < 0:
            os.write(handles[4], ("Enew namespaces: " + os.strerror(number)).encode())
        for handle in handles:
            os.close(handle)
        over, cpu = watch(control, child, limits) if child > 0 else (False, 0)
        report = os.read(report_read, 4)
        os.close(report_read)
        answer = {"cpu": cpu, "memory": over, "left": len(others())}
        if len(report) == 4:
            answer["status"] = struct.unpack("i", report)[0]
        control.send(json.dumps(answer).encode())


def start():
    global FILTER
    control = socket.socket(fileno=CONTROL)
    message, handles, _, _ = socket.recv_fds(control, 65536, 1)
    drop = json.loads(message)["uid"]
    with open(handles[0], "rb") as file:
        code = file.read()

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    FILTER = Program(len(code) // 8, code)
    if drop is not None:
        os.setgroups([])
        os.setresgid(drop, drop, drop)
        os.setresuid(drop, drop, drop)
        must(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")
    os.environ.pop("PWD", None)
    sys.path[:] = [BOX + "/work"] + [p for p in sys.path if p]
    control.send(json.dumps({"version": sys.version.split()[0]}).encode())
    gc.collect()
    gc.freeze()
    return serve(control)


def show_error(kind, error, trace, show=sys.__excepthook__):
    show(kind, error.with_traceback(trace.tb_next if trace else None), trace.tb_next if trace else None)


SOURCE, sys.argv[1:] = start()  # from here on this is the program's process
sys.argv[0] = BOX + "/program.py"
sys.excepthook = show_error
MAIN = types.ModuleType("__main__")
MAIN.__file__ = BOX + "/program.py"
MAIN.__builtins__ = builtins
KEEP = sys.modules["__main__"]
sys.modules["__main__"] = MAIN
exec(compile(SOURCE, BOX + "/program.py", "exec", 0, True), MAIN.__dict__)
)py";
}

}  // namespace assay::sandbox
