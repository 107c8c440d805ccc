// A list of what is refused, because Python and its modules need too much to list what is allowed. A refused
// call gives EPERM, so that a program can go on; a foreign architecture ends it. The namespaces, the mounts
// and the missing capabilities already stop most of this: the filter keeps the kernel's less trodden paths
// closed.
#include "sandbox/seccomp_filter.h"

#if defined(ASSAY_SECCOMP)

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "sandbox/descriptor.h"

namespace assay::sandbox {
namespace {

constexpr std::array kRefused{
    // mounts
    SCMP_SYS(mount),
    SCMP_SYS(umount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    // other processes
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    // namespaces
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    // wide interfaces with a history
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(lookup_dcookie),
    // keys
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    // the machine
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(stime),
    SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd),
    SCMP_SYS(acct),
    SCMP_SYS(syslog),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(vhangup),
    SCMP_SYS(nfsservctl),
    // files by number instead of by name
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
};

// (A new time namespace can only be asked for by clone3 and unshare.)
constexpr std::array<unsigned, 7> kNamespaceFlags{CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS,    CLONE_NEWNET,
                                                  CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};

constexpr std::uint64_t kLow32 = 0xffffffffU;  // the kernel looks at no more of these arguments

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

/// Calls that this kernel's headers or this architecture lack are left out (-EDOM and negative numbers).
bool refuse(const Context& context, int error, int call) {
  const int result = seccomp_rule_add(context.get(), SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 0);
  return result == 0 || result == -EDOM;
}

/// The condition: number of the argument, comparison, and its one or two numbers.
bool refuse_if(const Context& context, int call, scmp_arg_cmp condition) {
  return seccomp_rule_add_array(context.get(), SCMP_ACT_ERRNO(EPERM), call, 1, &condition) == 0;
}

bool add_rules(const Context& context) {
  for (const int call : kRefused) {
    if (!refuse(context, EPERM, call)) return false;
  }
  // Its flags are behind a pointer, where a filter cannot look. glibc falls back to clone.
  if (!refuse(context, ENOSYS, SCMP_SYS(clone3))) return false;
  for (const std::uint64_t flag : kNamespaceFlags) {
    if (!refuse_if(context, SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, flag, flag})) return false;
  }
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
    if (!refuse_if(context, call, {0, SCMP_CMP_GT, AF_UNIX, 0})) return false;
    if (!refuse_if(context, call, {0, SCMP_CMP_LT, AF_UNIX, 0})) return false;
  }
  for (const std::uint64_t request : {std::uint64_t{TIOCSTI}, std::uint64_t{0x541C /* TIOCLINUX */}}) {
    if (!refuse_if(context, SCMP_SYS(ioctl), {1, SCMP_CMP_MASKED_EQ, kLow32, request})) return false;
  }
  return refuse_if(context, SCMP_SYS(personality), {0, SCMP_CMP_NE, 0, 0});
}

Result<std::string> exported(const Context& context) {
  const Descriptor file = make_memory_file({});
  if (!file || seccomp_export_bpf(context.get(), file.get()) != 0) {
    return fail({.code = Code::internal,
                 .where = {},
                 .found = "the seccomp filter could not be written",
                 .expected = {},
                 .remedy = {}});
  }
  return contents_of(file);
}

}  // namespace

Result<std::string> make_seccomp_filter() {
  const Context context(seccomp_init(SCMP_ACT_ALLOW));
  if (context == nullptr || !add_rules(context)) {
    return fail({.code = Code::internal,
                 .where = {},
                 .found = "the seccomp filter could not be made",
                 .expected = {},
                 .remedy = {}});
  }
  return exported(context);
}

}  // namespace assay::sandbox

#else

namespace assay::sandbox {

Result<std::string> make_seccomp_filter() {
  return fail({.code = Code::unsupported,
               .where = {},
               .found = "this build has no libseccomp",
               .expected = {},
               .remedy = "Install libseccomp-dev (tools/setup build) and build again"});
}

}  // namespace assay::sandbox

#endif
