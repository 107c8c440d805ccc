// Memory of a process tree. metrics: anonymous memory plus the resident pages of mapped weights, on every
// system.

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

#ifdef __APPLE__
#include <libproc.h>
#include <mach/mach.h>
#include <sys/sysctl.h>
#endif

namespace assay {
namespace {

#ifdef __linux__

constexpr std::uint64_t kProcFileLimit = 1U << 16U;

/// The value of "Name:   123 kB" in bytes, 0 when the line is missing.
std::uint64_t kib_field(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return 0;
  const std::size_t digits = text.find_first_of("0123456789", at + name.size());
  if (digits == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), value);
  return value * 1024;
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  const auto text = read_file(fmt::format("/proc/{}/task/{}/children", pid, pid), kProcFileLimit);
  if (!text) return children;
  for (const std::string& word : split(*text, ' ')) {
    pid_t child = 0;
    const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), child);
    if (status == std::errc{} && child > 0) children.push_back(child);
  }
  return children;
}

std::optional<ProcessMemory> memory_of_one(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/status", pid), kProcFileLimit);
  if (!text || text->find("VmRSS:") == std::string::npos) return std::nullopt;  // gone, or a zombie
  ProcessMemory memory;
  memory.resident = kib_field(*text, "VmRSS:");
  memory.mapped = kib_field(*text, "RssFile:") + kib_field(*text, "RssShmem:");
  memory.peak = kib_field(*text, "VmHWM:");
  return memory;
}

#endif

#ifdef __APPLE__

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children(256);
  const int count =
      ::proc_listchildpids(pid, children.data(), static_cast<int>(children.size() * sizeof(pid_t)));
  children.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return children;
}

/// Resident pages of regions that are mapped from files: the weights, which the footprint leaves out.
std::uint64_t resident_mapped(pid_t pid) {
  std::uint64_t bytes = 0;
  proc_regionwithpathinfo region{};
  for (std::uint64_t address = 0;;) {
    if (::proc_pidinfo(pid, PROC_PIDREGIONPATHINFO, address, &region, sizeof region) <= 0) return bytes;
    const proc_regioninfo& info = region.prp_prinfo;
    const bool from_file = region.prp_vip.vip_path[0] != '\0';
    if (from_file)
      bytes +=
          static_cast<std::uint64_t>(info.pri_pages_resident) * static_cast<std::uint64_t>(::getpagesize());
    address = info.pri_address + info.pri_size;
  }
}

std::optional<ProcessMemory> memory_of_one(pid_t pid) {
  rusage_info_v4 usage{};
  if (::proc_pid_rusage(pid, RUSAGE_INFO_V4, reinterpret_cast<rusage_info_t*>(&usage)) != 0)
    return std::nullopt;
  ProcessMemory memory;
  memory.mapped = resident_mapped(pid);
  memory.resident = usage.ri_phys_footprint + memory.mapped;
  memory.peak = usage.ri_lifetime_max_phys_footprint + memory.mapped;
  return memory;
}

#endif

void add_tree(pid_t pid, ProcessMemory& sum, int depth) {
  // A worker starts few processes; the limit only guards against a loop in changing tables.
  if (depth > 16) return;
  for (const pid_t child : children_of(pid)) {
    if (const auto memory = memory_of_one(child)) {
      sum.resident += memory->resident;
      sum.mapped += memory->mapped;
      sum.peak += memory->peak;  // an upper bound: the peaks of several processes need not coincide
    }
    add_tree(child, sum, depth + 1);
  }
}

}  // namespace

std::optional<ProcessMemory> process_memory(pid_t pid) {
  auto memory = memory_of_one(pid);
  if (memory) add_tree(pid, *memory, 0);
  return memory;
}

bool reset_peak_memory(pid_t pid) {
#ifdef __linux__
  // The tree too: a server may compute in a child of the process that was started.
  for (const pid_t child : children_of(pid)) reset_peak_memory(child);
  const int file = ::open(fmt::format("/proc/{}/clear_refs", pid).c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = ::write(file, "5", 1) == 1;  // 5: reset the peak resident set size (proc(5))
  ::close(file);
  return done;
#else
  static_cast<void>(pid);
  return false;
#endif
}

std::optional<std::uint64_t> available_memory() {
#ifdef __linux__
  const auto text = read_file("/proc/meminfo", kProcFileLimit);
  if (!text) return std::nullopt;
  const std::uint64_t bytes = kib_field(*text, "MemAvailable:");
  if (bytes == 0) return std::nullopt;
  return bytes;
#elif defined(__APPLE__)
  vm_statistics64_data_t info{};
  mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
  if (::host_statistics64(::mach_host_self(), HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&info),
                          &count) != KERN_SUCCESS)
    return std::nullopt;
  const auto pages = static_cast<std::uint64_t>(info.free_count) + info.inactive_count + info.purgeable_count;
  return pages * static_cast<std::uint64_t>(::getpagesize());
#else
  return std::nullopt;
#endif
}

std::optional<std::uint64_t> total_memory() {
#ifdef __APPLE__
  std::uint64_t bytes = 0;
  std::size_t size = sizeof bytes;
  if (::sysctlbyname("hw.memsize", &bytes, &size, nullptr, 0) != 0) return std::nullopt;
  return bytes;
#else
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
#endif
}

}  // namespace assay
