// The generator of every bootstrap. Our own, because the standard leaves the distributions to the library,
// and an interval must be the same number everywhere.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace assay::stats {

/// xoshiro256++, seeded through splitmix64.  Period 2^256 - 1.
/// Source  Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018).
class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// Here, so that the inner loops of the bootstraps (10^8 calls) inline it.
  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  /// In (0, 1): never 0, so that a logarithm is safe.
  double uniform();
  /// Standard normal, by the polar method (Marsaglia and Bray 1964).
  double normal();
  /// Gamma(shape, 1) for shape >= 1.  Source  Marsaglia and Tsang, "A Simple Method for Generating Gamma
  /// Variables" (2000): 1.03 normals per value at shape 1 and fewer above.
  double gamma(double shape);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace assay::stats
