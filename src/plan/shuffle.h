// A shuffle that is the same on every machine and with every standard library (std::shuffle is not).
#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace assay::plan {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush, and three lines long. The known
/// answers in shuffle_test.cpp are the published ones.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// Uniform in [0, bound), bound > 0. Values of the incomplete last block are drawn again, so no index is
  /// favoured.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t skipped = (0 - bound) % bound;  // 2^64 mod bound
    for (;;) {
      const std::uint64_t value = next();
      if (value >= skipped) return value % bound;
    }
  }

 private:
  std::uint64_t state_;
};

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
