#include "runner/arrivals.h"

#include <cmath>

namespace assay::runner {

Arrivals::Arrivals(const record::LoadPattern& load, Nanos start, std::uint64_t seed)
    : mean_gap_ns_(1e9 / load.rate_per_s.value_or(1)),
      poisson_(load.arrivals == "poisson"),
      start_(start),
      random_(seed) {}

Nanos Arrivals::next() {
  const Nanos due = start_ + Nanos{std::llround(offset_ns_)};
  // The inverse of the exponential distribution; 1 − u keeps the logarithm's argument above 0.
  offset_ns_ += poisson_ ? -mean_gap_ns_ * std::log(1 - random_.unit()) : mean_gap_ns_;
  return due;
}

}  // namespace assay::runner
