#include "evaluator/combine.h"

#include <fmt/format.h>

namespace assay::evaluator {
namespace {

using record::Mark;

bool is_graded(Mark mark) {
  return mark == Mark::pass || mark == Mark::fail;
}

/// Weighted mean scores, with missing votes as 0 and as 1.
struct Bounds {
  double low = 0;
  double high = 0;
};

Bounds bounds_of(std::span<const Vote> votes) {
  double weights = 0;
  double low = 0;
  double high = 0;
  for (const Vote& vote : votes) {
    weights += vote.weight;
    low += vote.weight * (is_graded(vote.mark) ? vote.score.value_or(0) : 0);
    high += vote.weight * (is_graded(vote.mark) ? vote.score.value_or(0) : 1);
  }
  return {.low = low / weights, .high = high / weights};
}

/// The vote that speaks for all missing ones: an error before a cut answer before an ungraded one.
const Vote* missing_of(std::span<const Vote> votes) {
  const Vote* found = nullptr;
  const auto rank = [](Mark mark) { return mark == Mark::error ? 3 : mark == Mark::incomplete ? 2 : 1; };
  for (const Vote& vote : votes) {
    if (vote.weight <= 0 || is_graded(vote.mark)) continue;
    if (found == nullptr || rank(vote.mark) > rank(found->mark)) found = &vote;
  }
  return found;
}

const Vote* first_with(std::span<const Vote> votes, Mark mark) {
  for (const Vote& vote : votes) {
    if (vote.weight > 0 && vote.mark == mark) return &vote;
  }
  return nullptr;
}

Combined from(const Vote& vote, std::optional<double> score) {
  return {.mark = vote.mark,
          .score = score,
          .reason = std::string(vote.reason),
          .detail = std::string(vote.detail)};
}

Combined without_threshold(std::span<const Vote> votes, const Vote* missing, const Bounds& bounds) {
  const std::optional<double> score = missing == nullptr ? std::optional(bounds.low) : std::nullopt;
  // A vote that failed decides, whatever the missing ones would have been.
  if (const Vote* failed = first_with(votes, Mark::fail)) return from(*failed, score);
  if (missing != nullptr) return from(*missing, std::nullopt);
  return from(*first_with(votes, Mark::pass), score);
}

Combined with_threshold(const Vote* missing, const Bounds& bounds, double threshold) {
  // A mean such as 0.7 is not exact in binary; a share of rounding error must not decide.
  constexpr double kRounding = 1e-12;
  const bool low_passes = bounds.low + kRounding >= threshold;
  const bool high_passes = bounds.high + kRounding >= threshold;
  std::string detail = missing == nullptr
                           ? fmt::format("weighted mean {:.4g}, threshold {:.4g}", bounds.low, threshold)
                           : fmt::format("weighted mean between {:.4g} and {:.4g}, threshold {:.4g}",
                                         bounds.low, bounds.high, threshold);
  if (low_passes != high_passes) {
    return {.mark = missing->mark,
            .score = {},
            .reason = std::string(missing->reason),
            .detail = std::move(detail)};
  }
  const std::optional<double> score = missing == nullptr ? std::optional(bounds.low) : std::nullopt;
  return {.mark = low_passes ? Mark::pass : Mark::fail,
          .score = score,
          .reason = low_passes ? "" : "threshold",
          .detail = std::move(detail)};
}

}  // namespace

Combined combine(std::span<const Vote> votes, std::optional<double> threshold) {
  bool asked = false;
  for (const Vote& vote : votes) asked = asked || vote.weight > 0;
  if (!asked) {
    return {.mark = Mark::ungraded,
            .score = {},
            .reason = "grader_missing",
            .detail = "no assertion that decides"};
  }
  const Bounds bounds = bounds_of(votes);
  const Vote* missing = missing_of(votes);
  if (threshold) return with_threshold(missing, bounds, *threshold);
  return without_threshold(votes, missing, bounds);
}

}  // namespace assay::evaluator
