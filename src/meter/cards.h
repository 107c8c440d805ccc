// Graphics processors, and how much memory each may have.
#pragma once

#include <cstdint>
#include <vector>

#include "record/machine.h"

namespace assay::meter {

/// What the driver tells: NVIDIA's library, the kernel's files of an AMD card, Apple's limit. Empty when
/// nothing does. Of `machine`: names of graphics processors, processor and memory.
std::vector<record::Card> cards_of(const record::Machine& machine);

/// Bytes that Metal lets a model have on an Apple processor with so much memory, its
/// recommendedMaxWorkingSetSize: two thirds up to 36 GiB, three quarters above. `set_mib` is what the owner
/// set with `sysctl iogpu.wired_limit_mb`; 0: nothing.
std::uint64_t metal_limit(std::uint64_t memory_bytes, std::uint64_t set_mib);

}  // namespace assay::meter
