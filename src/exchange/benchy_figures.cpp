#include "exchange/benchy_figures.h"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include "base/python.h"
#include "stats/compensated.h"

namespace assay::exchange {
namespace {

using Numbers = std::vector<double>;

double sum_of(const Numbers& values, Summation summation) {
  return summation == Summation::compensated ? stats::compensated_sum(values) : stats::plain_sum(values);
}

/// `number_of` of each item; absent when one has none.
template <class Items, class NumberOf>
std::optional<Numbers> all_of(const Items& items, const NumberOf& number_of) {
  Numbers values;
  values.reserve(items.size());
  for (const auto& item : items) {
    const std::optional<double> value = number_of(item);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<double> mean_of(const std::optional<Numbers>& values, Summation summation) {
  if (!values || values->empty()) return std::nullopt;
  return sum_of(*values, summation) / static_cast<double>(values->size());
}

std::optional<double> share(std::int64_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::int64_t correct_in(const BenchyModel& model) {
  return std::count_if(model.results.begin(), model.results.end(),
                       [](const BenchyResult& result) { return result.correct; });
}

/// The names of a report, for a model and for all; empty: a report has no such figure.
struct CountName {
  std::string_view of_model;
  std::string_view of_all;
  std::optional<std::int64_t> BenchyFigures::*member;
};
struct RealName {
  std::string_view of_model;
  std::string_view of_all;
  std::optional<double> BenchyFigures::*member;
};
constexpr std::array kCounts{
    CountName{"correct_count", "overall_correct_count", &BenchyFigures::correct},
    CountName{"incorrect_count", "overall_incorrect_count", &BenchyFigures::incorrect},
};
constexpr std::array kReals{
    RealName{"accuracy", "overall_accuracy", &BenchyFigures::accuracy},
    RealName{"average_tokens_per_second", "average_tokens_per_second", &BenchyFigures::tokens_per_second},
    RealName{"average_total_duration_ms", "average_total_duration_ms", &BenchyFigures::total_ms},
    RealName{"average_load_duration_ms", "average_load_duration_ms", &BenchyFigures::load_ms},
    RealName{"total_cost", "", &BenchyFigures::cost_usd},
};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// One level of a report: its figures stored, recomputed, and recomputed with plain sums.
struct Level {
  std::string place;  ///< "models[0]." or empty
  bool overall;
  const BenchyFigures& stored;
  BenchyFigures right;
  BenchyFigures plain;
};

void check_level(const Level& level, FigureCheck& check) {
  const auto differs = [&](std::string_view name, const std::string& stored, const std::string& right,
                           bool plain) {
    ++(plain ? check.explained : check.different);
    check.findings.push_back({"W-AGG", level.place + std::string(name),
                              fmt::format("stored {}, recomputed {}{}", stored, right,
                                          plain ? "; the stored one was summed in a plain loop" : "")});
  };
  for (const CountName& count : kCounts) {
    const auto stored = level.stored.*count.member;
    const auto right = level.right.*count.member;
    if (!stored || !right)
      ++check.not_checked;
    else if (*stored == *right)
      ++check.same;
    else
      differs(level.overall ? count.of_all : count.of_model, std::to_string(*stored), std::to_string(*right),
              false);
  }
  for (const RealName& real : kReals) {
    const std::string_view name = level.overall ? real.of_all : real.of_model;
    if (name.empty()) continue;
    const auto stored = level.stored.*real.member;
    const auto right = level.right.*real.member;
    const auto plain = level.plain.*real.member;
    if (!stored || !right)
      ++check.not_checked;
    else if (same_bits(*stored, *right))
      ++check.same;
    else
      differs(name, python_float_text(*stored), python_float_text(*right),
              plain && same_bits(*stored, *plain));
  }
}

}  // namespace

BenchyFigures recomputed(const BenchyModel& model, Summation summation) {
  const auto all = [&](std::optional<double> BenchyResult::*member) {
    return all_of(model.results, [&](const BenchyResult& result) { return result.*member; });
  };
  BenchyFigures figures;
  figures.correct = correct_in(model);
  figures.incorrect = static_cast<std::int64_t>(model.results.size()) - *figures.correct;
  figures.accuracy = share(*figures.correct, model.results.size());
  figures.tokens_per_second = mean_of(all(&BenchyResult::tokens_per_second), summation);
  figures.total_ms = mean_of(all(&BenchyResult::total_ms), summation);
  figures.load_ms = mean_of(all(&BenchyResult::load_ms), summation);
  if (const auto costs = all(&BenchyResult::cost_usd)) figures.cost_usd = sum_of(*costs, summation);
  return figures;
}

BenchyFigures recomputed_overall(const BenchyReport& report, Summation summation) {
  std::vector<BenchyFigures> models;
  std::size_t results = 0;
  BenchyFigures figures;
  figures.correct = 0;
  for (const BenchyModel& model : report.models) {
    models.push_back(recomputed(model, summation));
    results += model.results.size();
    *figures.correct += *models.back().correct;
  }
  figures.incorrect = static_cast<std::int64_t>(results) - *figures.correct;
  figures.accuracy = share(*figures.correct, results);
  const auto mean = [&](std::optional<double> BenchyFigures::*member) {
    return mean_of(all_of(models, [&](const BenchyFigures& one) { return one.*member; }), summation);
  };
  figures.tokens_per_second = mean(&BenchyFigures::tokens_per_second);
  figures.total_ms = mean(&BenchyFigures::total_ms);
  figures.load_ms = mean(&BenchyFigures::load_ms);
  return figures;
}

FigureCheck check_figures(const BenchyReport& report) {
  FigureCheck check;
  for (std::size_t i = 0; i < report.models.size(); ++i) {
    const BenchyModel& model = report.models[i];
    check_level({.place = fmt::format("models[{}].", i),
                 .overall = false,
                 .stored = model.figures,
                 .right = recomputed(model),
                 .plain = recomputed(model, Summation::plain)},
                check);
  }
  check_level({.place = {},
               .overall = true,
               .stored = report.figures,
               .right = recomputed_overall(report),
               .plain = recomputed_overall(report, Summation::plain)},
              check);
  return check;
}

namespace {

std::optional<double> unless_stopgap(const BenchyModel& model, std::optional<double> value) {
  if (value && *value == 0 && model.provider != "ollama") return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> measured_speed(const BenchyModel& model, const BenchyResult& result) {
  return unless_stopgap(model, result.tokens_per_second);
}

std::optional<double> measured_load(const BenchyModel& model, const BenchyResult& result) {
  return unless_stopgap(model, result.load_ms);
}

KnownFigures known_figures(const BenchyModel& model) {
  KnownFigures known;
  Numbers speeds;
  Numbers totals;
  Numbers loads;
  Numbers costs;
  const auto add = [](Numbers& numbers, std::optional<double> value) {
    if (value) numbers.push_back(*value);
  };
  for (const BenchyResult& result : model.results) {
    add(costs, result.cost_usd);
    if (result.errored) {
      ++known.without_verdict;
      continue;
    }
    ++known.judged;
    if (result.correct) ++known.correct;
    add(speeds, measured_speed(model, result));
    add(totals, result.total_ms);
    add(loads, measured_load(model, result));
  }
  known.tokens_per_second = stats::compensated_mean(speeds);
  known.total_ms = stats::compensated_mean(totals);
  known.load_ms = stats::compensated_mean(loads);
  if (!costs.empty()) known.cost_usd = stats::compensated_sum(costs);
  return known;
}

}  // namespace assay::exchange
