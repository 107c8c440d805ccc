#include "runner/arrivals.h"

#include <cmath>

namespace assay::runner {

Arrivals::Arrivals(const record::LoadPattern& load, Nanos start, std::uint64_t seed)
    : mean_gap_ns_(1e9 / load.rate_per_s.value_or(1)), poisson_(load.arrivals == "poisson"), start_(start), state_(seed) {}

Nanos Arrivals::next() {
  const Nanos due = start_ + Nanos{std::llround(offset_ns_)};
  // The inverse of the exponential distribution; 1 − u keeps the logarithm's argument above 0.
  offset_ns_ += poisson_ ? -mean_gap_ns_ * std::log(1 - uniform()) : mean_gap_ns_;
  return due;
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine. In [0, 1).
double Arrivals::uniform() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) * 0x1.0p-53;
}

}  // namespace assay::runner
