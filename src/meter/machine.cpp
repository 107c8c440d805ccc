#include "meter/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/text.h"
#include "meter/machine_details.h"

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

namespace assay::meter {
namespace {

#ifdef __linux__
constexpr std::uint64_t kSmallFile = 4U << 20U;

/// The value behind `name` in "name : value" or NAME="value" lines; empty when missing.
std::string field_of(const std::string& path, std::string_view name, char separator) {
  const auto text = read_file(path, kSmallFile);
  if (!text) return {};
  for (const std::string& line : split(*text, '\n')) {
    const std::size_t at = line.find(separator);
    if (at == std::string::npos || trim(std::string_view(line).substr(0, at)) != name) continue;
    std::string_view value = trim(std::string_view(line).substr(at + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}
#endif

std::string cpu_name() {
#ifdef __APPLE__
  std::array<char, 256> name{};
  std::size_t size = name.size();
  if (::sysctlbyname("machdep.cpu.brand_string", name.data(), &size, nullptr, 0) != 0) return {};
  return name.data();
#else
  return field_of("/proc/cpuinfo", "model name", ':');
#endif
}

std::string system_name() {
  utsname info{};
  if (::uname(&info) != 0) return {};
  const std::string kernel = fmt::format("{} {} {}", info.sysname, info.release, info.machine);
#ifdef __linux__
  const std::string distribution = field_of("/etc/os-release", "PRETTY_NAME", '=');
  if (!distribution.empty()) return distribution + ", " + kernel;
#endif
  return kernel;
}

// g++ says so with a macro, clang with a feature.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitizers = true;
#elif defined(__has_feature)
constexpr bool kSanitizers = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitizers = false;
#endif

std::string build_name() {
  std::string name;
#ifdef __clang__
  name = fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  name = fmt::format("gcc {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
#ifndef NDEBUG
  name += ", debug";
#endif
  if (kSanitizers) name += ", sanitizers";
  return name;
}

}  // namespace

std::string file_key(const record::Machine& machine) {
  const std::string text =
      fmt::format("{}|{}|{}|{}", machine.host, machine.cpu, machine.cores, machine.memory_bytes.value_or(0));
  return hex(sha256(text)).substr(0, 16);
}

record::Machine describe_machine() {
  record::Machine machine;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) machine.host = host.data();
  machine.os = system_name();
  machine.cpu = cpu_name();
  machine.cores = static_cast<int>(std::thread::hardware_concurrency());
  machine.memory_bytes = total_memory();
  machine.build = build_name();
  add_details(machine);
  return machine;
}

std::vector<std::string> warnings_of(const record::Machine& machine) {
  std::vector<std::string> warnings;
  if (machine.build.find("sanitizers") != std::string::npos)
    warnings.emplace_back("assay was built with sanitizers: take a release build for figures");
  else if (machine.build.find("debug") != std::string::npos)
    warnings.emplace_back("assay is a debug build: the engine is not, but take a release build for figures");
  if (machine.governor == "powersave" || machine.governor == "conservative")
    warnings.push_back(
        fmt::format("the processor's governor is {}: clocks may stay low; for figures, cpupower "
                    "frequency-set -g performance",
                    machine.governor));
  if (machine.power == "battery")
    warnings.emplace_back("the machine runs on battery: speeds may be lower than on mains");
  // Half a processor of others' work is noise; more takes a core from the engine.
  if (machine.load && *machine.load > 0.5)
    warnings.push_back(fmt::format(
        "the machine is busy: load {:.1f} on {} processors before the start; figures may be too low",
        *machine.load, machine.cores));
  return warnings;
}

}  // namespace assay::meter
