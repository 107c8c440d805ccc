#include "stats/repeats.h"

#include <algorithm>
#include <array>

namespace assay::stats {
namespace {

constexpr std::array<std::uint64_t, 8> kShownK{1, 2, 3, 5, 10, 20, 50, 100};

std::optional<PassAtK> pass_of(std::span<const CaseTries> cases, std::uint64_t k) {
  std::vector<double> any;
  std::vector<double> all;
  std::vector<std::uint32_t> cluster;
  for (const CaseTries& one : cases) {
    const std::optional<double> chance = pass_at_k(one.graded, one.passed, k);
    if (!chance) continue;
    any.push_back(*chance);
    all.push_back(*pass_hat_k(one.graded, one.passed, k));
    cluster.push_back(one.cluster);
  }
  if (any.empty()) return std::nullopt;
  return PassAtK{
      .k = k, .at_least_one = *chance_interval(any, cluster), .all = *chance_interval(all, cluster)};
}

/// How the answers to each case agree.
struct Of {
  std::vector<double> same, majority, variance;
  std::vector<std::uint32_t> cluster;

  void give(const std::vector<double>& values, double& mean, std::optional<double>& se) const {
    const MeanEstimate estimate = *clustered_mean_interval(values, cluster);
    mean = estimate.mean;
    se = estimate.se;
  }
};

}  // namespace

std::optional<double> pass_at_k(std::uint64_t n, std::uint64_t c, std::uint64_t k) {
  if (n < k) return std::nullopt;
  if (n - c < k) return 1;
  double none = 1;
  for (std::uint64_t i = n - c + 1; i <= n; ++i) none *= 1 - static_cast<double>(k) / static_cast<double>(i);
  return 1 - none;
}

std::optional<double> pass_hat_k(std::uint64_t n, std::uint64_t c, std::uint64_t k) {
  if (n < k) return std::nullopt;
  if (c < k) return 0;
  double all = 1;
  for (std::uint64_t i = 0; i < k; ++i) all *= static_cast<double>(c - i) / static_cast<double>(n - i);
  return all;
}

std::optional<Repeated> repeated(std::span<const CaseTries> cases) {
  Repeated found;
  std::uint64_t most = 0;
  Of of;
  for (const CaseTries& one : cases) {
    most = std::max(most, one.graded);
    if (one.graded < 2) continue;
    const double share = static_cast<double>(one.passed) / static_cast<double>(one.graded);
    const bool tie = one.passed * 2 == one.graded;
    of.same.push_back(one.passed == 0 || one.passed == one.graded ? 1 : 0);
    of.majority.push_back(tie ? 0.5 : share > 0.5 ? 1 : 0);
    of.variance.push_back(share * (1 - share));
    of.cluster.push_back(one.cluster);
    found.ties += tie ? 1 : 0;
  }
  if (of.same.empty()) return std::nullopt;
  found.cases = of.same.size();
  of.give(of.same, found.consistency, found.consistency_se);
  of.give(of.majority, found.majority, found.majority_se);
  of.give(of.variance, found.inner_variance, found.inner_variance_se);
  std::vector<std::uint64_t> wanted(kShownK.begin(), kShownK.end());
  if (std::find(wanted.begin(), wanted.end(), most) == wanted.end()) wanted.push_back(most);
  std::sort(wanted.begin(), wanted.end());
  for (const std::uint64_t k : wanted) {
    if (k > most) break;
    if (std::optional<PassAtK> pass = pass_of(cases, k)) found.pass.push_back(*pass);
  }
  return found;
}

}  // namespace assay::stats
