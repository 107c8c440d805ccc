#include "stats/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::stats {
namespace {

constexpr std::string_view kMinus = "−";

/// Decimals that show a quantity of size `size` with `digits` significant digits.
int decimals_for(double size, int digits) {
  if (size == 0 || !std::isfinite(size)) return 0;
  const int whole = static_cast<int>(std::floor(std::log10(std::abs(size)))) + 1;
  return std::clamp(digits - whole, 0, 9);
}

/// Decimals for the ends of a range in percent or points: one more digit where the whole range is narrow.
int range_decimals(double low, double high) {
  return high - low < 2 ? 1 : 0;
}

std::string range(double low, double high) {
  const int decimals = range_decimals(low, high);
  return fixed(low, decimals) + "…" + fixed(high, decimals);
}

}  // namespace

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !zero ? std::string(kMinus) + text : text;
}

std::string rounded(double value, int digits) {
  // 9.996 has one whole digit and rounds to 10.00: look again at what was rounded.
  const int decimals = decimals_for(value, digits);
  const double after = std::round(value * std::pow(10, decimals)) / std::pow(10, decimals);
  return fixed(value, std::min(decimals, decimals_for(after, digits)));
}

std::string percent(double share, bool fine) {
  for (int decimals = fine ? 1 : 0;; ++decimals) {
    const std::string text = fmt::format("{:.{}f}", 100 * share, decimals);
    const double shown = std::stod(text);
    const bool exact = share <= 0 || share >= 1;  // a ratio may change by more than all of itself
    if (exact || decimals >= 4 || (shown > 0 && shown < 100)) return text + " %";
  }
}

std::string percent_with(double share, const std::optional<Interval>& ci95) {
  if (!ci95) return percent(share);
  const bool fine = ci95->high - ci95->low < 0.02;
  const int decimals = fine ? 1 : 0;
  return fmt::format("{} ({}…{})", percent(share, fine), fixed(100 * ci95->low, decimals),
                     fixed(100 * ci95->high, decimals));
}

std::string p_text(double p) {
  if (p < 0.001) return "p < 0.001";
  return fmt::format("p = {:.{}f}", p, p < 0.1 ? 3 : 2);
}

std::string thousands(std::uint64_t count) {
  std::string text = std::to_string(count);
  constexpr std::size_t kGroup = 3;
  for (std::size_t at = text.size(); at > kGroup;) text.insert(at -= kGroup, 1, ',');
  return text;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string listed(const std::vector<std::string>& ids, std::size_t most) {
  // "and 1 more" takes as much room as the one it hides.
  const std::size_t shown = ids.size() <= most + 1 ? ids.size() : most;
  std::string text = join({ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(shown)}, ", ");
  if (shown < ids.size()) text += fmt::format(" and {} more", ids.size() - shown);
  return text;
}

std::string change_range(const Interval& ratio) {
  return range(100 * (ratio.low - 1), 100 * (ratio.high - 1)) + " %";
}

std::string points_range(const Interval& difference) {
  return range(100 * difference.low, 100 * difference.high);
}

std::string points(double difference) {
  const std::string text = fixed(100 * difference, std::abs(difference) < 0.02 ? 1 : 0);
  return (difference > 0 ? "+" : "") + text + " points";
}

std::string faster_text(double ratio, const std::optional<Interval>& ci95) {
  constexpr double kTimes = 2;  // "faster by 233 %" is often read as 2.33 times
  if (ratio >= kTimes) {
    const std::string times = rounded(ratio, 2) + " times as fast";
    if (!ci95) return times;
    const int decimals = decimals_for(ci95->high - ci95->low, 1);
    const std::string shown = fixed(ratio, std::max(1, decimals)) + " times as fast";
    return fmt::format("{} ({}…{})", shown, fixed(ci95->low, std::max(1, decimals)),
                       fixed(ci95->high, std::max(1, decimals)));
  }
  const double change = 100 * (ratio - 1);
  if (!ci95) return fmt::format("faster by {} %", fixed(change, change < 2 ? 1 : 0));
  const int decimals = range_decimals(100 * (ci95->low - 1), 100 * (ci95->high - 1));
  return fmt::format("faster by {} % ({})", fixed(change, decimals), change_range(*ci95));
}

}  // namespace assay::stats
