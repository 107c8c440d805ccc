#include "stats/sign_flip.h"

#include <bit>
#include <cmath>
#include <vector>

#include "stats/random.h"

namespace assay::stats {
namespace {

/// Sums of floating-point numbers in another order differ by rounding, and equal is "at least as far".
constexpr double kRounding = 1e-9;

/// Half of the patterns, for each has a mirror image of the same distance; one sign changes at a time (Gray).
std::uint64_t count_all(std::vector<double> units, double sum, double least) {
  const std::uint64_t half = std::uint64_t{1} << (units.size() - 1);
  std::uint64_t far = 0;
  for (std::uint64_t i = 1;; ++i) {
    far += std::abs(sum) >= least ? 1 : 0;
    if (i == half) return 2 * far;
    double& unit = units[static_cast<std::size_t>(std::countr_zero(i))];
    sum -= 2 * unit;
    unit = -unit;
  }
}

std::uint64_t count_drawn(const std::vector<double>& units, double least, std::uint64_t seed) {
  Random random(seed);
  std::uint64_t far = 0;
  for (std::uint64_t draw = 0; draw < kFlipDraws; ++draw) {
    double sum = 0;
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
      constexpr std::size_t kSigns = 64;
      signs = i % kSigns == 0 ? random.next() : signs >> 1U;
      sum += (signs & 1U) != 0 ? units[i] : -units[i];
    }
    far += std::abs(sum) >= least ? 1 : 0;
  }
  return far;
}

}  // namespace

std::optional<SignFlip> sign_flip(std::span<const double> differences, std::span<const std::uint32_t> cluster,
                                  std::uint64_t seed) {
  if (differences.empty()) return std::nullopt;
  std::vector<double> units;
  double sum = 0;
  double most = 0;
  for (const RatioTerm& term : joined_means(differences, cluster)) {
    units.push_back(term.numerator);
    sum += term.numerator;
    most += std::abs(term.numerator);
  }
  const double least = std::abs(sum) - kRounding * most;
  SignFlip result{.p = 1, .exact = units.size() <= kMostExactFlips, .patterns = kFlipDraws, .seed = seed};
  if (result.exact) {
    result.patterns = std::uint64_t{1} << units.size();
    result.p = static_cast<double>(count_all(units, sum, least)) / static_cast<double>(result.patterns);
  } else {
    result.p = static_cast<double>(count_drawn(units, least, seed) + 1) / static_cast<double>(kFlipDraws + 1);
  }
  return result;
}

}  // namespace assay::stats
