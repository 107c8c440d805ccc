// A shuffle that is the same on every machine and with every standard library (std::shuffle is not).
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/random.h"

namespace assay::plan {

/// One seed of two numbers, such that neighbours give unrelated sequences.
inline std::uint64_t mixed(std::uint64_t seed, std::uint64_t n) {
  return SplitMix64(SplitMix64(seed).next() ^ (n + 1)).next();
}

/// Fisher and Yates, from the end.
template <class T>
void shuffle(std::span<T> items, std::uint64_t seed) {
  SplitMix64 random(seed);
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace assay::plan
