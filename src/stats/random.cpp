#include "stats/random.h"

#include <cmath>

#include "base/check.h"
#include "base/random.h"

namespace assay::stats {

Random::Random(std::uint64_t seed) {
  SplitMix64 seeds(seed);
  for (std::uint64_t& word : state_) word = seeds.next();
}

double Random::uniform() {
  return (static_cast<double>(next() >> 11U) + 0.5) * 0x1p-53;
}

double Random::normal() {
  for (;;) {
    const double u = 2 * uniform() - 1;
    const double v = 2 * uniform() - 1;
    const double s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
  }
}

double Random::gamma(double shape) {
  CHECK(shape >= 1);
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(uniform()) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
  }
}

}  // namespace assay::stats
