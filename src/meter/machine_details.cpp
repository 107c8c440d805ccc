#include "meter/machine_details.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "meter/cards.h"

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

namespace assay::meter {
namespace {

#ifdef __linux__

constexpr std::uint64_t kSmallFile = 1U << 20U;

std::string line_of(const std::string& path) {
  const auto text = read_file(path, kSmallFile);
  return text ? std::string(trim(*text)) : std::string{};
}

/// "48K", "1024K", "32M".
std::optional<std::uint64_t> size_of(const std::string& text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text.c_str(), &end, 10);
  if (end == text.c_str() || value == 0) return std::nullopt;
  if (*end == 'K') return value << 10U;
  if (*end == 'M') return value << 20U;
  if (*end == 'G') return value << 30U;
  return value;
}

std::vector<std::string> entries(const std::string& folder, std::string_view prefix) {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename();
    if (name.starts_with(prefix)) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_caches(record::Machine& machine) {
  std::uint64_t greatest_level = 0;
  // Caches that several processors share are listed by each of them: counted once.
  std::map<std::uint64_t, std::map<std::string, std::uint64_t>> by_level;
  for (const std::string& cpu : entries("/sys/devices/system/cpu", "cpu")) {
    for (const std::string& cache : entries(cpu + "/cache", "index")) {
      const std::string kind = line_of(cache + "/type");
      const auto size = size_of(line_of(cache + "/size"));
      if (!size || kind == "Instruction") continue;
      const std::uint64_t level = std::strtoull(line_of(cache + "/level").c_str(), nullptr, 10);
      by_level[level][line_of(cache + "/shared_cpu_list")] = *size;
      greatest_level = std::max(greatest_level, level);
    }
  }
  const auto of_one = [&](std::uint64_t level) -> std::optional<std::uint64_t> {
    const auto at = by_level.find(level);
    if (at == by_level.end() || at->second.empty()) return std::nullopt;
    return at->second.begin()->second;
  };
  machine.l1_bytes = of_one(1);
  machine.l2_bytes = of_one(2);
  if (greatest_level == 0) return;
  std::uint64_t total = 0;
  for (const auto& [shared, size] : by_level[greatest_level]) total += size;
  machine.last_cache_bytes = total;
}

void add_cores(record::Machine& machine) {
  std::set<std::string> cores;       // by the list of their hyper-threads
  std::map<std::string, int> kinds;  // greatest clock → cores
  for (const std::string& cpu : entries("/sys/devices/system/cpu", "cpu")) {
    const std::string siblings = line_of(cpu + "/topology/thread_siblings_list");
    if (siblings.empty() || !cores.insert(siblings).second) continue;
    ++kinds[line_of(cpu + "/cpufreq/cpuinfo_max_freq")];
  }
  if (!cores.empty()) machine.physical_cores = static_cast<int>(cores.size());
  // Linux says which cores are fast on hybrid Intel machines; elsewhere only clocks tell, and they lie.
  const std::string fast = line_of("/sys/devices/cpu_core/cpus");
  if (fast.empty()) return;
  std::set<std::string> fast_cores;
  for (const std::string& part : split(fast, ',')) {
    const std::size_t dash = part.find('-');
    const int first = std::atoi(part.c_str());
    const int last = dash == std::string::npos ? first : std::atoi(part.c_str() + dash + 1);
    for (int cpu = first; cpu <= last; ++cpu)
      fast_cores.insert(
          line_of(fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu)));
  }
  machine.fast_cores = static_cast<int>(fast_cores.size());
}

void add_power(record::Machine& machine) {
  machine.governor = line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  bool has_battery = false;
  bool on_mains = false;
  for (const std::string& supply : entries("/sys/class/power_supply", "")) {
    const std::string kind = line_of(supply + "/type");
    if (kind == "Mains" || kind == "USB") on_mains = on_mains || line_of(supply + "/online") == "1";
    if (kind == "Battery" && line_of(supply + "/scope") != "Device") has_battery = true;
  }
  if (has_battery || on_mains) machine.power = on_mains ? "mains" : "battery";
}

void add_hypervisor(record::Machine& machine) {
  machine.hypervisor = line_of("/sys/hypervisor/type");
  if (!machine.hypervisor.empty()) return;
  const auto info = read_file("/proc/cpuinfo", kSmallFile * 4);
  if (info && info->find(" hypervisor") != std::string::npos) {
    const std::string vendor = line_of("/sys/class/dmi/id/sys_vendor");
    machine.hypervisor = vendor.empty() ? "yes" : vendor;
  }
}

void add_gpus(record::Machine& machine) {
  for (const std::string& gpu : entries("/proc/driver/nvidia/gpus", "")) {
    const auto info = read_file(gpu + "/information", kSmallFile);
    if (!info) continue;
    for (const std::string& line : split(*info, '\n'))
      if (line.starts_with("Model:")) machine.gpus.emplace_back(trim(std::string_view(line).substr(6)));
  }
}

void add_all(record::Machine& machine) {
  add_caches(machine);
  add_cores(machine);
  add_power(machine);
  add_hypervisor(machine);
  add_gpus(machine);
}

#elif defined(__APPLE__)

std::optional<std::uint64_t> number_of(const char* name) {
  std::uint64_t value = 0;  // little endian: right for 4 and 8 bytes
  std::size_t size = sizeof value;
  if (::sysctlbyname(name, &value, &size, nullptr, 0) != 0) return std::nullopt;
  return value;
}

void add_all(record::Machine& machine) {
  if (const auto cores = number_of("hw.physicalcpu")) machine.physical_cores = static_cast<int>(*cores);
  if (const auto fast = number_of("hw.perflevel0.physicalcpu")) machine.fast_cores = static_cast<int>(*fast);
  machine.l1_bytes = number_of("hw.perflevel0.l1dcachesize");
  if (!machine.l1_bytes) machine.l1_bytes = number_of("hw.l1dcachesize");
  machine.l2_bytes = number_of("hw.perflevel0.l2cachesize");
  if (!machine.l2_bytes) machine.l2_bytes = number_of("hw.l2cachesize");
  machine.last_cache_bytes = number_of("hw.l3cachesize");
  if (!machine.last_cache_bytes) machine.last_cache_bytes = machine.l2_bytes;
  if (const auto guest = number_of("kern.hv_vmm_present"); guest && *guest != 0) machine.hypervisor = "yes";
}

#else

void add_all(record::Machine& /*machine*/) {}

#endif

}  // namespace

void add_details(record::Machine& machine) {
  add_all(machine);
  machine.cards = cards_of(machine);
  double load = 0;
  if (::getloadavg(&load, 1) == 1) machine.load = load;
}

}  // namespace assay::meter
