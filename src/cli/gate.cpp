#include "cli/gate.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "record/metrics.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

Error bad_gate(const std::string& text) {
  return {.code = Code::bad_input,
          .where = {},
          .found = fmt::format("--gate '{}'", printable(text, 60)),
          .expected = "a metric and a signed limit: 'decode_tps -5%', 'ttft_ms +10%', 'accuracy -2' (points)",
          .remedy = {}};
}

std::optional<double> value_of(const stats::SummaryRow& row, const std::string& metric) {
  if (metric == "accuracy") return row.accuracy;
  const auto at = row.metrics.find(metric);
  return at == row.metrics.end() ? std::nullopt : at->second.headline;
}

const stats::Difference* test_of(const stats::Summary& summary, const std::string& metric, std::uint32_t a,
                                 std::uint32_t b) {
  for (const stats::Difference& difference : summary.differences) {
    const bool same = (difference.better == a && difference.worse == b) ||
                      (difference.better == b && difference.worse == a);
    if (difference.metric == metric && same) return &difference;
  }
  return nullptr;
}

struct Outcome {
  bool passed = true;
  std::string why;
};

Outcome check_rows(const Gate& gate, const stats::Summary& summary, std::uint32_t a, std::uint32_t b) {
  const auto before = value_of(summary.rows[a], gate.metric);
  const auto now = value_of(summary.rows[b], gate.metric);
  const std::string& name = summary.rows[b].model_label;
  if (!before || !now || (!gate.in_points && *before == 0))
    return {false, fmt::format("{}: not measured on both sides", name)};
  const double change = gate.in_points ? *now - *before : *now / *before - 1;
  const std::string figures = gate.in_points ? stats::points(change) : stats::fixed(100 * change, 1) + " %";
  const bool beyond = gate.limit < 0 ? change < gate.limit : change > gate.limit;
  if (!beyond) return {true, fmt::format("{}: {}", name, figures)};
  const bool has_test = gate.metric == "accuracy" || gate.metric == "decode_tps";
  if (!has_test) return {false, fmt::format("{}: {} (compared without a test)", name, figures)};
  const stats::Difference* test = test_of(summary, gate.metric, a, b);
  if (test == nullptr) return {false, fmt::format("{}: {}, too few cases for a test", name, figures)};
  // A pooled rate may fall where the medians over cases rise: what the test shows is then no loss.
  const bool same_way = (test->better == a) == (change < 0);
  if (!same_way) return {true, fmt::format("{}: {}, which the test over cases does not show", name, figures)};
  if (test->shown) return {false, fmt::format("{}: {}, {}", name, figures, stats::p_text(test->p_adjusted))};
  return {true, fmt::format("{}: {}, which chance explains as well ({})", name, figures,
                            stats::p_text(test->p_adjusted))};
}

}  // namespace

Result<Gate> parse_gate(const std::string& text) {
  const std::string_view whole = trim(text);
  const std::size_t blank = whole.find_first_of(" \t");
  if (blank == std::string_view::npos) return fail(bad_gate(text));
  Gate gate;
  gate.text = std::string(whole);
  gate.metric = std::string(whole.substr(0, blank));
  std::string limit(trim(whole.substr(blank)));
  const bool is_share = limit.ends_with('%');
  if (is_share) limit.pop_back();
  const auto number = python_float(limit);
  const bool is_signed = limit.starts_with('-') || limit.starts_with('+');
  const bool known = gate.metric == "accuracy" || record::find_metric(gate.metric) != nullptr;
  if (!known || !number || !is_signed || !(*number > -1000 && *number < 1000)) return fail(bad_gate(text));
  gate.in_points = gate.metric == "accuracy" && !is_share;
  if (!gate.in_points && !is_share) return fail(bad_gate(text));
  gate.limit = *number / 100;
  return gate;
}

GateResult check_gate(const Gate& gate, const stats::Summary& summary,
                      const std::vector<std::pair<std::uint32_t, std::uint32_t>>& models) {
  GateResult result{.text = gate.text, .passed = true, .why = {}};
  bool any = false;
  for (std::uint32_t a = 0; a < summary.rows.size(); ++a) {
    for (std::uint32_t b = 0; b < summary.rows.size(); ++b) {
      const std::pair<std::uint32_t, std::uint32_t> pair{summary.rows[a].model, summary.rows[b].model};
      if (summary.rows[a].cell != summary.rows[b].cell ||
          std::find(models.begin(), models.end(), pair) == models.end())
        continue;
      const Outcome outcome = check_rows(gate, summary, a, b);
      any = true;
      result.passed = result.passed && outcome.passed;
      result.why += (result.why.empty() ? "" : "; ") + outcome.why;
    }
  }
  if (!any) return {.text = gate.text, .passed = false, .why = "nothing could be compared"};
  return result;
}

}  // namespace assay::cli
