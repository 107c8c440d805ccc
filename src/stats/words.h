// Numbers as people read them, and the sentences made of them. Here and not in report/, because a Difference
// and a Note carry their sentence, the same in every format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stats/interval.h"

namespace assay::stats {

/// About `digits` significant digits, never in powers of ten: 7012.3 → "7012", 1.4187 → "1.42", 0.0513 →
/// "0.0513". Whole digits are never rounded away: 12345.6 → "12346".
std::string rounded(double value, int digits = 3);
/// Fixed decimals; a minus is "−" (U+2212), and what rounds to zero has none.
std::string fixed(double value, int decimals);

/// A share as "92 %"; one decimal when `fine`. What is not all is never "100 %", and what is not nothing
/// never "0 %".
std::string percent(double share, bool fine = false);
/// "92 % (83…97)"; without interval "92 %". Decimals when the interval is narrower than 2 points.
std::string percent_with(double share, const std::optional<Interval>& ci95);

/// "p < 0.001", "p = 0.031".
std::string p_text(double p);
/// "100,000": commas between groups of three digits.
std::string thousands(std::uint64_t count);
/// "1 case", "3 cases".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);
/// "a, b, c and 4 more": at most `most` ids.
std::string listed(const std::vector<std::string>& ids, std::size_t most);

/// For a ratio r of speeds and its interval: "faster by 12 % (9…15 %)", from twice on "3.3 times as fast
/// (3.2…3.5)".
std::string faster_text(double ratio, const std::optional<Interval>& ci95);
/// "−3…4 %", of ratios, as change in percent.
std::string change_range(const Interval& ratio);
/// "−6…10", of differences of accuracy, in points.
std::string points_range(const Interval& difference);
/// "+5 points"
std::string points(double difference);

}  // namespace assay::stats
