#include "meter/nvml.h"

#include <dlfcn.h>

#include <array>

namespace assay::meter {
namespace {

// Of nvml.h, whose functions are found by name: a machine without the driver has no such library, and one
// that builds assay need not have the header.
using Device = void*;
struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};
using Init = int (*)();
using Count = int (*)(unsigned int*);
using Handle = int (*)(unsigned int, Device*);
using Name = int (*)(Device, char*, unsigned int);
using MemoryInfo = int (*)(Device, Memory*);

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

std::vector<record::Card> cards_in(void* library) {
  Init init = nullptr;
  Init shutdown = nullptr;
  Count count = nullptr;
  Handle handle = nullptr;
  Name name = nullptr;
  MemoryInfo memory = nullptr;
  if (!find(library, "nvmlInit_v2", init) || !find(library, "nvmlShutdown", shutdown) ||
      !find(library, "nvmlDeviceGetCount_v2", count) ||
      !find(library, "nvmlDeviceGetHandleByIndex_v2", handle) || !find(library, "nvmlDeviceGetName", name) ||
      !find(library, "nvmlDeviceGetMemoryInfo", memory) || init() != 0)
    return {};
  std::vector<record::Card> cards;
  unsigned int all = 0;
  if (count(&all) != 0) all = 0;
  for (unsigned int i = 0; i < all; ++i) {
    Device device = nullptr;
    std::array<char, 128> title{};
    Memory told{};
    if (handle(i, &device) != 0 || memory(device, &told) != 0) continue;
    if (name(device, title.data(), static_cast<unsigned int>(title.size() - 1)) != 0) title = {};
    cards.push_back({.name = title.data(), .memory_bytes = told.total, .free_bytes = told.free});
  }
  shutdown();
  return cards;
}

}  // namespace

std::vector<record::Card> nvidia_cards() {
  void* library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {};
  std::vector<record::Card> cards = cards_in(library);
  ::dlclose(library);
  return cards;
}

}  // namespace assay::meter
