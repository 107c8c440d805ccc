#include "store/owner.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

#ifdef __APPLE__
#include <libproc.h>
#include <sys/sysctl.h>
#endif

namespace assay::store {
namespace {

#ifdef __APPLE__

std::string boot_id() {
  std::array<char, 64> text{};
  std::size_t size = text.size();
  if (::sysctlbyname("kern.bootsessionuuid", text.data(), &size, nullptr, 0) != 0) return {};
  return text.data();
}

std::string pid_space() {
  return {};
}

std::optional<std::int64_t> start_of(std::int64_t pid) {
  proc_bsdinfo info{};
  const int got = ::proc_pidinfo(static_cast<int>(pid), PROC_PIDTBSDINFO, 0, &info, sizeof info);
  if (got != static_cast<int>(sizeof info)) return std::nullopt;
  return static_cast<std::int64_t>(info.pbi_start_tvsec) * 1'000'000 +
         static_cast<std::int64_t>(info.pbi_start_tvusec);
}

#else

constexpr std::uint64_t kSmallFile = 1U << 16U;

std::string boot_id() {
  const Result<std::string> text = read_file("/proc/sys/kernel/random/boot_id", kSmallFile);
  return text ? std::string(trim(*text)) : std::string{};
}

std::string pid_space() {
  std::array<char, 64> text{};
  const ssize_t length = ::readlink("/proc/self/ns/pid", text.data(), text.size());
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : std::string{};
}

/// Field 22 of /proc/PID/stat: clock ticks since boot. The second field is the program's name in parentheses
/// and may hold anything, so we count from the last parenthesis.
std::optional<std::int64_t> start_of(std::int64_t pid) {
  const Result<std::string> text = read_file(fmt::format("/proc/{}/stat", pid), kSmallFile);
  if (!text) return std::nullopt;
  const std::size_t close = text->rfind(')');
  if (close == std::string::npos || close + 2 >= text->size()) return std::nullopt;
  const std::vector<std::string> fields = split(text->substr(close + 2), ' ');
  constexpr std::size_t kStart = 22 - 3;  // fields[0] is field 3
  if (fields.size() <= kStart) return std::nullopt;
  std::int64_t ticks = 0;
  const std::string& field = fields[kStart];
  const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), ticks);
  if (status != std::errc{}) return std::nullopt;
  return ticks;
}

#endif

std::string host_name() {
  std::array<char, 256> text{};
  if (::gethostname(text.data(), text.size() - 1) != 0) return {};
  return text.data();
}

}  // namespace

Owner this_process() {
  const std::int64_t pid = ::getpid();
  return {.host = host_name(),
          .boot = boot_id(),
          .pid_space = pid_space(),
          .pid = pid,
          .started = start_of(pid).value_or(0)};
}

Life life_of(const Owner& owner) {
  const Owner self = this_process();
  // The boot id says which machine it is, better than a host name: two machines may have one name, and one
  // machine may change its name.
  const bool same_boot = !owner.boot.empty() && owner.boot == self.boot;
  if (!same_boot)
    return owner.host == self.host && !owner.boot.empty() && !self.boot.empty() ? Life::dead : Life::unknown;
  if (owner.pid_space != self.pid_space) return Life::unknown;
  if (::kill(static_cast<pid_t>(owner.pid), 0) != 0 && errno == ESRCH) return Life::dead;
  const std::optional<std::int64_t> started = start_of(owner.pid);
  if (started && owner.started != 0 && *started != owner.started)
    return Life::dead;  // the number was given away again
  return Life::alive;
}

std::string describe(const Owner& owner) {
  const Owner self = this_process();
  if (owner == self) return "this very program";
  if (owner.host == self.host) return fmt::format("process {} on this machine", owner.pid);
  return fmt::format("process {} on host {}", owner.pid, owner.host);
}

}  // namespace assay::store
