#include "stats/bench_figures.h"

#include <algorithm>
#include <cmath>

#include "stats/bootstrap.h"
#include "stats/quantile.h"
#include "stats/random.h"

namespace assay::stats {
namespace {

using record::BenchRepetition;
using record::BenchRow;
using record::BenchTest;

constexpr std::size_t kFewestForEnds = 10;

double seconds(Nanos time) {
  return static_cast<double>(time.count()) * 1e-9;
}

std::uint32_t prompt_tokens(const BenchTest& test, const BenchRepetition& one) {
  return one.prompt_tokens.value_or(test.prompt);
}

/// Generated tokens that have a time of their own; imported repetitions have none.
std::size_t generated(const BenchTest& test, const BenchRepetition& one) {
  return one.tokens.empty() ? test.generate : one.tokens.size();
}

double speed(const BenchTest& test, const BenchRepetition& one) {
  return static_cast<double>(prompt_tokens(test, one) + generated(test, one)) / seconds(one.total);
}

std::optional<double> prefill(const BenchTest& test, const BenchRepetition& one) {
  if (test.prompt == 0) return std::nullopt;
  const auto time = test.generate == 0 ? std::optional(one.total) : one.prompt;
  if (!time || time->count() <= 0) return std::nullopt;
  return prompt_tokens(test, one) / seconds(*time);
}

std::optional<double> decode(const BenchTest& test, const BenchRepetition& one) {
  if (test.generate == 0) return std::nullopt;
  if (test.prompt > 0 && !one.prompt) return std::nullopt;
  const Nanos time = one.total - one.prompt.value_or(Nanos{0});
  if (time.count() <= 0) return std::nullopt;
  return static_cast<double>(generated(test, one)) / seconds(time);
}

std::optional<double> ttft(const BenchTest& test, const BenchRepetition& one) {
  if (test.prompt == 0 || test.generate == 0 || !one.prompt) return std::nullopt;
  return seconds(*one.prompt) * 1e3;
}

using Figure = std::optional<double> (*)(const BenchTest&, const BenchRepetition&);

/// Empty when one repetition lacks it.
std::vector<double> all_of(const BenchRow& row, Figure figure) {
  std::vector<double> values;
  for (const BenchRepetition& one : row.repetitions) {
    const auto value = figure(row.test, one);
    if (!value) return {};
    values.push_back(*value);
  }
  return values;
}

double score_of(double prefill_tps, double decode_tps, double ttft_ms) {
  return 10 * std::cbrt(prefill_tps * decode_tps * 1000 / ttft_ms);
}

}  // namespace

std::vector<double> bench_speeds(const BenchRow& row) {
  std::vector<double> speeds;
  speeds.reserve(row.repetitions.size());
  for (const BenchRepetition& one : row.repetitions) speeds.push_back(speed(row.test, one));
  return speeds;
}

std::optional<BenchFigures> bench_figures(const record::BenchReport& report, const BenchRow& row) {
  if (row.repetitions.empty()) return std::nullopt;
  std::vector<double> speeds = bench_speeds(row);
  BenchFigures figures;
  figures.n = speeds.size();
  figures.mean = mean(speeds).value_or(0);
  figures.sd = standard_deviation(speeds);
  std::sort(speeds.begin(), speeds.end());
  figures.median = quantile_of_sorted(speeds, 0.5);
  figures.ci95 = bootstrap_median(speeds);
  if (figures.ci95) figures.half_width = (figures.ci95->high - figures.ci95->low) / 2 / figures.median;
  figures.prefill_tps = median(all_of(row, prefill));
  figures.decode_tps = median(all_of(row, decode));
  figures.ttft_ms = median(all_of(row, ttft));
  const auto& model = report.models[row.model];
  if (figures.decode_tps && model.bytes_per_token && report.machine.bandwidth && row.source.empty())
    figures.roofline_pct = *figures.decode_tps * static_cast<double>(*model.bytes_per_token) /
                           report.machine.bandwidth->read * 100;
  return figures;
}

std::optional<LocalScore> localscore(std::span<const BenchRow* const> rows) {
  struct Shape {
    std::vector<double> prefills, decodes, ttfts;
  };
  std::vector<Shape> shapes;
  double prefill_sum = 0, decode_sum = 0, ttft_sum = 0;
  bool enough = true;
  for (const BenchRow* row : rows) {
    Shape shape{all_of(*row, prefill), all_of(*row, decode), all_of(*row, ttft)};
    if (shape.prefills.empty() || shape.decodes.empty() || shape.ttfts.empty()) return std::nullopt;
    prefill_sum += *median(shape.prefills);
    decode_sum += *median(shape.decodes);
    ttft_sum += *median(shape.ttfts);
    enough = enough && shape.prefills.size() >= kFewestForInterval;
    shapes.push_back(std::move(shape));
  }
  if (shapes.empty()) return std::nullopt;
  const auto count = static_cast<double>(shapes.size());
  LocalScore result{.score = score_of(prefill_sum / count, decode_sum / count, ttft_sum / count),
                    .ci95 = std::nullopt,
                    .shapes = shapes.size()};
  if (!enough) return result;

  // Whole repetitions are drawn, so that the three figures of one stay together.
  Random random(kBootstrapSeed);
  std::vector<double> draws;
  std::size_t fewest = shapes[0].prefills.size();
  for (int draw = 0; draw < kDraws; ++draw) {
    double p = 0, d = 0, t = 0;
    for (const Shape& shape : shapes) {
      Shape drawn;
      const std::size_t n = shape.prefills.size();
      fewest = std::min(fewest, n);
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = random.next() % n;
        drawn.prefills.push_back(shape.prefills[at]);
        drawn.decodes.push_back(shape.decodes[at]);
        drawn.ttfts.push_back(shape.ttfts[at]);
      }
      p += quantile_in_place(drawn.prefills, 0.5);
      d += quantile_in_place(drawn.decodes, 0.5);
      t += quantile_in_place(drawn.ttfts, 0.5);
    }
    draws.push_back(score_of(p / count, d / count, t / count));
  }
  std::sort(draws.begin(), draws.end());
  const double tail = percentile_tail(fewest);
  result.ci95 = Interval{quantile_of_sorted(draws, tail), quantile_of_sorted(draws, 1 - tail)};
  return result;
}

std::optional<Sustained> sustained(const BenchRow& row) {
  const std::size_t n = row.repetitions.size();
  if (n < kFewestForEnds) return std::nullopt;
  const std::vector<double> speeds = bench_speeds(row);
  Sustained result;
  const std::size_t parts = result.fifths.size();
  const auto part = [&](std::size_t i) {
    return std::span(speeds).subspan(i * n / parts, (i + 1) * n / parts - i * n / parts);
  };
  for (std::size_t i = 0; i < parts; ++i) result.fifths[i] = *median(part(i));
  const auto ratio = bootstrap_unpaired_ratio(part(parts - 1), part(0));
  result.end_to_start = ratio->ratio;
  result.ci95 = ratio->ci95;
  return result;
}

}  // namespace assay::stats
