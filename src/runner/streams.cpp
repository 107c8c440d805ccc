#include "runner/streams.h"

#include <algorithm>
#include <utility>

namespace assay::runner {
namespace {

// Its median holds when two of them were disturbed.
constexpr int kSteps = 5;
constexpr int kWarmUp = 1;  // thrown away by the engine's side, and paid for
constexpr double kGain = 1.03;
// One size alone may bring nothing where the next does: kernels that work on four rows at a time gain nothing
// from two.
constexpr int kFlatInARow = 2;
constexpr std::int64_t kShareOfTime = 50;

std::vector<int> sizes_up_to(int most) {
  std::vector<int> sizes;
  for (int streams = 1; streams < most; streams *= 2) sizes.push_back(streams);
  sizes.push_back(most);
  return sizes;
}

/// What measuring every size takes, from the time of a token alone. A step of n streams takes about n/4 of
/// it and more on processors (12.9 for 32; 0.5 B, Q4_0), less on graphics cards.
Nanos expected_cost(const std::vector<int>& sizes, Nanos token_alone) {
  std::int64_t steps = 0;
  for (const int streams : sizes) steps += std::max(1, streams / 4);
  return token_alone * (steps * (kSteps + kWarmUp));
}

double tokens_per_s(int streams, std::vector<Nanos> steps) {
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return streams * 1e9 / static_cast<double>(std::max<std::int64_t>(1, middle->count()));
}

int fewest_near_best(const std::vector<record::BatchSpeed::Point>& measured) {
  double best = 0;
  for (const auto& point : measured) best = std::max(best, point.tokens_per_s);
  for (const auto& point : measured)
    if (point.tokens_per_s * kGain >= best) return point.streams;
  return 1;
}

}  // namespace

Result<record::BatchSpeed> find_streams(const SharedPart& part, const TimeSteps& time) {
  record::BatchSpeed found;
  found.most = found.streams = part.most;
  const std::vector<int> sizes = sizes_up_to(part.most);
  const Nanos allowed = part.alone / kShareOfTime;
  if (part.token_alone.count() == 0 || allowed < expected_cost(sizes, part.token_alone)) return found;
  Nanos spent{0};
  Nanos last{0};
  double best = 0;
  int flat = 0;
  for (const int streams : sizes) {
    // Twice the streams take at most about twice the time.
    if (spent + 2 * last > allowed) return found;
    auto steps = time(streams, kSteps);
    if (!steps) return fail(steps.error());
    if (steps->empty()) return found;
    last = Nanos{0};
    for (const Nanos step : *steps) last += step;
    last += last * kWarmUp / kSteps;
    spent += last;
    found.measured.push_back({.streams = streams, .tokens_per_s = tokens_per_s(streams, std::move(*steps))});
    const double now = found.measured.back().tokens_per_s;
    flat = now < best * kGain ? flat + 1 : 0;
    best = std::max(best, now);
    if (flat == kFlatInARow) break;
  }
  found.streams = fewest_near_best(found.measured);
  return found;
}

}  // namespace assay::runner
