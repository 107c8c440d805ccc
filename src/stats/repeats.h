// What several answers to one case say together: pass@k, pass^k, and how much the answers agree.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/interval.h"

namespace assay::stats {

/// The graded answers to one case.
struct CaseTries {
  std::uint64_t graded = 0;
  std::uint64_t passed = 0;   ///< of them
  std::uint32_t cluster = 0;  ///< cases of one cluster are not independent
};

/// Chance that at least one of k answers passes, where c of n did: 1 - C(n-c, k)/C(n, k), computed as
/// 1 - Π_{i=n-c+1}^{n} (1 - k/i); 1 when n - c < k. Unbiased, where 1 - (1 - c/n)^k is not.
/// Absent when n < k: a case is not padded.   Shape  c <= n, k >= 1.   Source  Chen 2021 (arXiv 2107.03374).
std::optional<double> pass_at_k(std::uint64_t n, std::uint64_t c, std::uint64_t k);
/// Chance that all of k answers pass: C(c, k)/C(n, k). Absent when n < k.   Source  Yao 2024 (arXiv
/// 2406.12045).
std::optional<double> pass_hat_k(std::uint64_t n, std::uint64_t c, std::uint64_t k);

/// Means over cases, with chance_interval().
struct PassAtK {
  std::uint64_t k = 1;
  MeanEstimate at_least_one;  ///< pass@k
  MeanEstimate all;           ///< pass^k
};

struct Repeated {
  std::uint64_t cases =
      0;  ///< with at least two graded answers: what consistency, majority, variance are over
  std::vector<PassAtK>
      pass;  ///< k of 1, 2, 3, 5, 10, 20, 50, 100 and the greatest; only where a case has k answers
  double consistency = 0;     ///< share of those cases whose answers all have one verdict
  double majority = 0;        ///< share where more than half pass; exact ties count half
  std::uint64_t ties = 0;     ///< cases with exactly half
  double inner_variance = 0;  ///< mean of p(1 - p) within a case
  /// Over those cases; clustered where cases share a cluster. Absent for one case or cluster.
  std::optional<double> consistency_se, majority_se, inner_variance_se;
};

/// Absent when no case has two graded answers.
std::optional<Repeated> repeated(std::span<const CaseTries> cases);

}  // namespace assay::stats
