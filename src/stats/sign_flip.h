// The sign-flip test of paired differences: what a t test is checked with when the cases are few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "stats/bootstrap.h"

namespace assay::stats {

/// Up to so many units every pattern of signs is counted: 2^20 take 2 ms. Above it patterns are drawn.
inline constexpr std::size_t kMostExactFlips = 20;
inline constexpr std::uint64_t kFlipDraws = 100'000;
/// From so many units on the t test needs no company: its p and that of the flips agree to two digits.
inline constexpr std::size_t kEnoughWithoutFlips = 30;

struct SignFlip {
  double p = 1;                         ///< two-sided
  bool exact = true;                    ///< every pattern was counted; false: drawn
  std::uint64_t patterns = 0;           ///< how many, 2^n or kFlipDraws
  std::uint64_t seed = kBootstrapSeed;  ///< of the draws; without meaning when exact
};

/// If A and B do not differ, each case's difference is as likely to have the other sign. p is the share of
/// sign patterns whose sum is at least as far from 0 as the one that was seen:
///   p = #{s ∈ {−1, 1}^n : |Σ s_i·d_i| >= |Σ d_i|} ÷ 2^n;   drawn: (1 + that count) ÷ (1 + draws).
/// Cases of one cluster flip together: d_i is then the cluster's sum.
/// Shape   `cluster` parallel to `differences`, or empty. Absent when empty.
/// Source  Fisher 1935, "The Design of Experiments", 21; Good, "Permutation Tests" (2000), 3.1.
std::optional<SignFlip> sign_flip(std::span<const double> differences,
                                  std::span<const std::uint32_t> cluster = {},
                                  std::uint64_t seed = kBootstrapSeed);

}  // namespace assay::stats
