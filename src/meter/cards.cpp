#include "meter/cards.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/text.h"
#include "meter/nvml.h"

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

namespace assay::meter {

std::uint64_t metal_limit(std::uint64_t memory_bytes, std::uint64_t set_mib) {
  constexpr std::uint64_t kLarge = 36ULL << 30U;
  if (set_mib > 0) return std::min(set_mib << 20U, memory_bytes);
  return memory_bytes <= kLarge ? memory_bytes / 3 * 2 : memory_bytes / 4 * 3;
}

#ifdef __linux__
namespace {

// The carve-out that a processor with graphics inside calls its own is smaller; that is not where models go.
constexpr std::uint64_t kLeastCard = 2ULL << 30U;

std::optional<std::uint64_t> number_in(const std::string& path) {
  const auto text = read_file(path, 64);
  if (!text || text->empty()) return std::nullopt;
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text->c_str(), &end, 10);
  return end == text->c_str() ? std::nullopt : std::optional(value);
}

/// The kernel's driver of AMD cards tells without any library.
void add_amd(std::vector<record::Card>& cards) {
  std::error_code error;
  for (std::filesystem::directory_iterator it("/sys/class/drm", error), end; !error && it != end;
       it.increment(error)) {
    const std::string device = it->path().string() + "/device";
    const std::string name = it->path().filename();
    if (!name.starts_with("card") || name.find('-') != std::string::npos) continue;
    const auto all = number_in(device + "/mem_info_vram_total");
    if (!all || *all < kLeastCard) continue;
    const auto used = number_in(device + "/mem_info_vram_used");
    const auto product = read_file(device + "/product_name", 256);
    const std::string title = product ? std::string(trim(*product)) : std::string();
    cards.push_back({.name = title.empty() ? "AMD " + name : title,
                     .memory_bytes = all,
                     .free_bytes = used ? std::optional(*all - std::min(*all, *used)) : std::nullopt});
  }
}

}  // namespace

std::vector<record::Card> cards_of(const record::Machine& machine) {
  std::vector<record::Card> cards;
  // Its library takes some milliseconds, and only a machine with a card pays them.
  const bool nvidia = std::any_of(machine.gpus.begin(), machine.gpus.end(), [](const std::string& name) {
    return name.find("NVIDIA") != std::string::npos;
  });
  if (nvidia) cards = nvidia_cards();
  add_amd(cards);
  return cards;
}

#elif defined(__APPLE__)

std::vector<record::Card> cards_of(const record::Machine& machine) {
  if (!machine.memory_bytes || !machine.cpu.starts_with("Apple")) return {};
  std::uint32_t set = 0;
  std::size_t size = sizeof set;
  if (::sysctlbyname("iogpu.wired_limit_mb", &set, &size, nullptr, 0) != 0) set = 0;
  return {{.name = machine.cpu,
           .memory_bytes = metal_limit(*machine.memory_bytes, set),
           .free_bytes = std::nullopt,
           .shares_memory = true}};
}

#else

std::vector<record::Card> cards_of(const record::Machine& /*machine*/) {
  return {};
}

#endif

}  // namespace assay::meter
