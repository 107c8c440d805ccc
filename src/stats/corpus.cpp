#include "stats/corpus.h"

#include <algorithm>
#include <cmath>

#include "stats/compare.h"
#include "stats/power.h"
#include "stats/row_data.h"
#include "stats/summary.h"

namespace assay::stats {
namespace {

/// "bleu" of "bleu@1"; a metric's name comes first.
std::string name_of(const record::AssertionResult& assertion) {
  return assertion.metric.empty() ? assertion.type.substr(0, assertion.type.find('@')) : assertion.metric;
}

/// Adds `row` to the row of its cluster; clusters in the order of their first row.
class Joiner {
 public:
  explicit Joiner(std::size_t width) : table{.width = width, .values = {}} {}

  void add(std::uint32_t cluster, std::span<const double> first, std::span<const double> second = {}) {
    if (cluster >= place_.size()) place_.resize(cluster + std::size_t{1}, -1);
    std::int64_t& at = place_[cluster];
    if (at < 0) {
      at = static_cast<std::int64_t>(table.size());
      table.values.resize(table.values.size() + table.width);
    }
    double* sum = &table.values[static_cast<std::size_t>(at) * table.width];
    for (const std::span<const double> part : {first, second})
      for (const double value : part) *sum++ += value;
  }

  CountTable table;

 private:
  std::vector<std::int64_t> place_;
};

Interval cut(Interval interval, const CorpusFormula& formula) {
  interval.low = std::max(interval.low, formula.lowest);
  if (formula.highest) interval.high = std::min(interval.high, *formula.highest);
  return interval;
}

/// Score, standard error and interval.
void estimate(CorpusFigure& figure, const CountTable& units, const CorpusFormula& formula) {
  figure.score = formula.score(sums_of(units));
  figure.units = units.size();
  figure.lower_is_better = formula.lower_is_better;
  if (formula.ratio) {
    std::vector<RatioTerm> terms;
    for (std::size_t i = 0; i < units.size(); ++i) terms.push_back(formula.ratio(units.row(i)));
    const std::optional<MeanEstimate> rate = ratio_interval(terms);
    if (!rate) return;
    figure.se = rate->se;
    figure.ci95 = rate->ci95;
    figure.method = "ratio of sums, t";
  } else if (const std::optional<Resampled> drawn = bootstrap_sums(units, formula.score)) {
    figure.se = drawn->se;
    figure.ci95 = drawn->ci95;
    figure.method = "bootstrap over cases";
  }
  if (figure.ci95) figure.ci95 = cut(*figure.ci95, formula);
  if (!figure.ci95) figure.method.clear();
}

}  // namespace

bool CorpusData::Box::has(std::uint32_t case_index) const {
  return case_index < slots.size() && slots[case_index] >= 0;
}

std::span<const double> CorpusData::Box::of(std::uint32_t case_index) const {
  return counts.row(static_cast<std::size_t>(slots[case_index]));
}

void CorpusData::Box::add(std::uint32_t case_index, const std::vector<double>& numbers) {
  if (case_index >= slots.size()) slots.resize(case_index + std::size_t{1}, -1);
  std::int32_t& slot = slots[case_index];
  if (slot < 0) {
    slot = static_cast<std::int32_t>(counts.size());
    counts.values.resize(counts.values.size() + width);
  }
  double* sum = &counts.values[static_cast<std::size_t>(slot) * width];
  for (const double number : numbers) *sum++ += number;
  ++samples;
}

void CorpusData::add(std::uint32_t case_index, const record::Verdict& verdict, const CorpusReader& reader) {
  if (!reader.read || !verdict.steps.is_object() || !verdict.steps.contains("counts")) return;
  const Json& counts = verdict.steps["counts"];
  for (std::size_t i = 0; i < verdict.assertions.size() && i < counts.size(); ++i) {
    const record::Mark mark = verdict.assertions[i].mark;
    if (mark != record::Mark::pass && mark != record::Mark::fail) continue;
    const std::optional<CorpusCounts> read = reader.read(counts[i]);
    if (!read || read->numbers.empty()) continue;
    Box& box = boxes_[{name_of(verdict.assertions[i]), read->signature}];
    if (box.width == 0) {
      box.kind = read->kind;
      box.formulas = reader.formulas(counts[i]);
      box.width = box.counts.width = read->numbers.size();
    }
    if (read->numbers.size() == box.width) box.add(case_index, read->numbers);
  }
}

CorpusFigure CorpusData::figure_of(const Key& key, const Box& box, const CorpusFormula& formula,
                                   const CaseTable& cases) {
  CorpusFigure figure;
  figure.name = formula.part.empty() ? key.name : key.name + " " + formula.part;
  figure.kind = box.kind;
  figure.signature = key.signature;
  figure.samples = box.samples;
  Joiner units(box.width);
  for (const std::uint32_t id : cases.in_order())
    if (box.has(id)) units.add(cases.cluster(id), box.of(id));
  estimate(figure, units.table, formula);
  return figure;
}

std::vector<CorpusFigure> CorpusData::figures(const CaseTable& cases) const {
  std::vector<CorpusFigure> figures;
  for (const auto& [key, box] : boxes_)
    for (const CorpusFormula& formula : box.formulas) figures.push_back(figure_of(key, box, formula, cases));
  return figures;
}

std::optional<Difference> CorpusData::compare(const Key& key, const Box& a, const Box& b,
                                              const CaseTable& cases) {
  if (a.formulas.size() != 1 || a.width != b.width) return std::nullopt;
  const CorpusFormula& formula = a.formulas.front();
  Difference difference;
  Joiner units(2 * a.width);
  for (const std::uint32_t id : cases.in_order()) {
    if (a.has(id) && b.has(id)) {
      units.add(cases.cluster(id), a.of(id), b.of(id));
      ++difference.n;
    } else if (a.has(id) || b.has(id)) {
      ++difference.left_out;
    }
  }
  if (units.table.size() < kFewestForComparison) return std::nullopt;
  const std::size_t width = a.width;
  const double sign = formula.lower_is_better ? -1 : 1;
  const ScoreOfSums gain = [&](std::span<const double> sums) {
    return sign * (formula.score(sums.first(width)) - formula.score(sums.subspan(width)));
  };
  const Resampled drawn = *bootstrap_sums(units.table, gain, kDraws);
  const std::vector<double> sums = sums_of(units.table);
  const double of_a = formula.score(std::span(sums).first(width));
  const double of_b = formula.score(std::span(sums).subspan(width));
  const bool swapped = drawn.score < 0;
  difference.metric = std::string(kCorpusMetric) + key.name;
  difference.signature = key.signature;
  difference.better = swapped ? 1 : 0;
  difference.worse = swapped ? 0 : 1;
  difference.better_value = swapped ? of_b : of_a;
  difference.worse_value = swapped ? of_a : of_b;
  difference.estimate = std::abs(drawn.score);
  difference.se = drawn.se;
  difference.ci95 = swapped ? Interval{.low = -drawn.ci95->high, .high = -drawn.ci95->low} : *drawn.ci95;
  difference.p = drawn.p;
  if (drawn.se > 0) difference.smallest = kPowerZ * drawn.se;
  difference.draws = kDraws;
  difference.method = "paired bootstrap of the difference of corpus scores";
  return difference;
}

std::vector<Difference> CorpusData::compare(const CorpusData& a, const CorpusData& b,
                                            const CaseTable& cases) {
  std::vector<Difference> differences;
  for (const auto& [key, box] : a.boxes_) {
    const auto other = b.boxes_.find(key);
    if (other == b.boxes_.end()) continue;
    if (auto difference = compare(key, box, other->second, cases))
      differences.push_back(std::move(*difference));
  }
  return differences;
}

}  // namespace assay::stats
