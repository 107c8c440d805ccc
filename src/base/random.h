// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace assay {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes BigCrush, and three lines long. The known
/// answers in plan_test.cpp are the published ones. For orders, arrivals and seeding; bootstraps have
/// stats/random.h.
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

  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace assay
