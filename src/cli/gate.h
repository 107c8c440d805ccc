// --gate of compare: how much worse B may be than A.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "stats/summary.h"

namespace assay::cli {

struct Gate {
  std::string text;    ///< as written
  std::string metric;  ///< accuracy, decode_tps, ttft_ms, …
  double limit = 0;  ///< signed: a share of A's value (−0.05), or for accuracy in points a difference (−0.02)
  bool in_points = false;
};

struct GateResult {
  std::string text;
  bool passed = false;
  std::string why;  ///< the figures
};

/// "decode_tps -5%", "accuracy -2" (points), "peak_memory_mib +10%". The sign says which way is worse.
/// Errors: bad_input.
Result<Gate> parse_gate(const std::string& text);

/// Every compared pair must hold. Where there is a test (accuracy, decode_tps) a loss beyond the limit must
/// be shown to fail; other metrics are compared as they are. What cannot be compared fails, and says so.
GateResult check_gate(const Gate& gate, const stats::Summary& summary,
                      const std::vector<std::pair<std::uint32_t, std::uint32_t>>& models);

}  // namespace assay::cli
