#include "cli/compared_sides.h"

#include <fmt/format.h>

#include "stats/differences.h"

namespace assay::cli {
namespace {

Result<void> add(const store::Store& store, const ChosenSide& a, ChosenSide b, const std::string& letter,
                 ComparedSides& sides) {
  const auto benches = are_benches(a, b);
  if (!benches) return fail(benches.error());
  if (*benches) {
    auto compared = compare_bench_runs(store, a, std::move(b), letter);
    if (!compared) return fail(compared.error());
    sides.benches.push_back(std::move(*compared));
  } else {
    auto compared = compare_runs(store, a, std::move(b), letter);
    if (!compared) return fail(compared.error());
    sides.runs.push_back(std::move(*compared));
  }
  return {};
}

void adjust(ComparedSides& sides) {
  std::vector<stats::Summary*> summaries;
  for (Comparison& comparison : sides.runs) summaries.push_back(&comparison.summary);
  stats::adjust_together(summaries);
  std::vector<stats::BenchComparison*> benches;
  for (ComparedBenches& compared : sides.benches) benches.push_back(&compared.comparison);
  stats::adjust_together(benches);
}

}  // namespace

Result<ComparedSides> compare_sides(const store::Store& store, const std::string& a,
                                    const std::vector<std::string>& others, char separator) {
  if (others.empty() || others.size() > kMostSides) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = fmt::format("{} sides beside the baseline", others.size()),
                 .expected = fmt::format("1 to {}", kMostSides),
                 .remedy = {}});
  }
  const auto baseline = choose_side(store, a, separator);
  if (!baseline) return fail(baseline.error());
  ComparedSides sides;
  for (std::size_t i = 0; i < others.size(); ++i) {
    auto other = choose_side(store, others[i], separator);
    if (!other) return fail(other.error());
    if (auto added = add(store, *baseline, std::move(*other), letter_of(i), sides); !added)
      return fail(added.error());
  }
  if (others.size() > 1) adjust(sides);
  return sides;
}

std::vector<std::vector<GateResult>> check_gates(const std::vector<Gate>& gates, const ComparedSides& sides) {
  std::vector<std::vector<GateResult>> all;
  for (const Comparison& comparison : sides.runs) {
    std::vector<GateResult>& results = all.emplace_back();
    for (const Gate& gate : gates)
      results.push_back(check_gate(gate, comparison.summary, comparison.compared));
  }
  for (const ComparedBenches& benches : sides.benches) {
    std::vector<GateResult>& results = all.emplace_back();
    for (const Gate& gate : gates) results.push_back(check_bench_gate(gate, benches));
  }
  return all;
}

OrderedJson sides_json(const ComparedSides& sides, const std::vector<std::vector<GateResult>>& gates) {
  OrderedJson list = OrderedJson::array();
  for (const Comparison& comparison : sides.runs)
    list.push_back(comparison_json(comparison, gates.at(list.size())));
  for (const ComparedBenches& benches : sides.benches)
    list.push_back(bench_comparison_json(benches, gates.at(list.size())));
  if (list.size() == 1) return list.front();
  OrderedJson json{{"schema", "assay.comparisons/1"}, {"assay_version", ASSAY_VERSION}};
  json["a"] = list.front()["a"];
  json["comparisons"] = std::move(list);
  return json;
}

}  // namespace assay::cli
