// When requests are due, for a load that is offered at a rate.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/random.h"
#include "record/suite.h"

namespace assay::runner {

/// Due times from a start: every 1/rate seconds, or with exponential gaps of that mean (a Poisson process),
/// from a seed. Thread: one.
class Arrivals {
 public:
  Arrivals(const record::LoadPattern& load, Nanos start, std::uint64_t seed);
  Nanos next();

 private:
  double mean_gap_ns_;
  bool poisson_;
  double offset_ns_ = 0;
  Nanos start_;
  SplitMix64 random_;
};

}  // namespace assay::runner
