#include "stats/bench_comparison.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "stats/bench_figures.h"
#include "stats/compare.h"
#include "stats/power.h"
#include "stats/words.h"

namespace assay::stats {
namespace {

using record::BenchReport;
using record::BenchRow;

constexpr double kLevel = 0.05;

bool is_same_test(const BenchRow& a, const BenchRow& b) {
  return a.test.prompt == b.test.prompt && a.test.generate == b.test.generate &&
         a.test.depth == b.test.depth && a.test.path == b.test.path;
}

bool has_same_settings(const BenchRow& a, const BenchRow& b) {
  return a.test == b.test && a.gpu_layers == b.gpu_layers;
}

std::vector<Change> settings_between(const BenchRow& a, const BenchRow& b) {
  const auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string("–"); };
  std::vector<Change> changes;
  const auto add = [&](const char* what, const std::string& of_a, const std::string& of_b) {
    if (of_a != of_b) changes.push_back({what, of_a, of_b});
  };
  add("threads", number(a.test.threads), number(b.test.threads));
  add("layers on the GPU", number(a.gpu_layers), number(b.gpu_layers));
  add("batch", std::to_string(a.test.batch), std::to_string(b.test.batch));
  add("micro-batch", std::to_string(a.test.micro_batch), std::to_string(b.test.micro_batch));
  add("flash attention", a.test.flash_attention, b.test.flash_attention);
  add("type of keys", a.test.key_type, b.test.key_type);
  add("type of values", a.test.value_type, b.test.value_type);
  return changes;
}

/// The rows of one model that were measured here.
std::vector<std::size_t> rows_of(const BenchReport& report, std::uint32_t model) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const BenchRow& row = report.rows[i];
    if (row.model == model && row.source.empty()) rows.push_back(i);
  }
  return rows;
}

std::string title_of(const BenchReport& report, const BenchRow& row, bool with_model) {
  std::string title = name_of(row.test);
  if (row.test.path != record::BenchPath::engine)
    title += fmt::format(" ({})", record::name_of(row.test.path));
  return with_model ? fmt::format("{} of {}", title, report.models[row.model].label) : title;
}

std::string text_of(const std::string& letter, const BenchDifference& difference) {
  const RatioComparison& speed = difference.speed;
  std::string text = difference.title + ": ";
  if (!speed.ci95) {
    return text + fmt::format("{} has {} % of A's speed; no test below {} repetitions on each side", letter,
                              fixed(100 * speed.ratio, 1), kFewestForComparison);
  }
  if (!difference.shown) {
    text += fmt::format("no difference shown ({})", change_range(*speed.ci95));
    if (speed.log_se > 0) {
      const double least = std::expm1(kPowerZ * speed.log_se);
      text += fmt::format("; {} would have been found", percent(least, least < 0.02));
    }
  } else {
    const bool b_is_faster = speed.ratio >= 1;
    const double ratio = b_is_faster ? speed.ratio : 1 / speed.ratio;
    const Interval ci95 =
        b_is_faster ? *speed.ci95 : Interval{.low = 1 / speed.ci95->high, .high = 1 / speed.ci95->low};
    const std::string faster = faster_text(ratio, ci95);
    const std::string winner = b_is_faster ? letter : "A";
    const std::string other = faster.find("times") == std::string::npos ? std::string()
                              : b_is_faster                             ? " as A"
                                                                        : " as " + letter;
    text += fmt::format("{} is {}{}, {}", winner, faster, other, p_text(difference.p_adjusted));
  }
  for (const Change& change : difference.settings)
    text += fmt::format("; {} {} → {}", change.what, change.a, change.b);
  return text;
}

/// What differs in every test alike belongs to the whole comparison.
void lift_common_settings(BenchComparison& comparison) {
  if (comparison.tests.size() < 2) return;
  const auto has = [](const BenchDifference& test, const Change& wanted) {
    return std::any_of(test.settings.begin(), test.settings.end(), [&](const Change& one) {
      return one.what == wanted.what && one.a == wanted.a && one.b == wanted.b;
    });
  };
  for (const Change& change : comparison.tests.front().settings) {
    if (std::all_of(comparison.tests.begin(), comparison.tests.end(),
                    [&](const BenchDifference& test) { return has(test, change); }))
      comparison.settings.push_back(change);
  }
  for (BenchDifference& test : comparison.tests) {
    std::erase_if(test.settings, [&](const Change& one) {
      return std::any_of(comparison.settings.begin(), comparison.settings.end(),
                         [&](const Change& common) { return common.what == one.what; });
    });
  }
}

std::vector<std::string> notes_of(const BenchReport& a, const BenchReport& b) {
  std::vector<std::string> notes;
  if (a.run_id != b.run_id && a.machine.host == b.machine.host) {
    notes.emplace_back(
        "the two benches ran at different times: the intervals hold what scatters within a run, not what "
        "else "
        "the machine did meanwhile. Measured in one bench (assay bench -m A -m B) the repetitions alternate");
  }
  return notes;
}

}  // namespace

BenchComparison compare_benches(const BenchReport& a, const BenchReport& b, std::span<const ModelPair> pairs,
                                std::string letter) {
  BenchComparison comparison;
  comparison.letter = std::move(letter);
  comparison.notes = notes_of(a, b);
  for (const auto& [of_a, of_b] : pairs) {
    const std::vector<std::size_t> rows_a = rows_of(a, of_a);
    const std::vector<std::size_t> rows_b = rows_of(b, of_b);
    std::set<std::size_t> taken;
    for (const std::size_t i : rows_a) {
      const BenchRow& row = a.rows[i];
      const auto alike = [&](const BenchReport& report, const std::vector<std::size_t>& rows) {
        return std::count_if(rows.begin(), rows.end(),
                             [&](std::size_t j) { return is_same_test(row, report.rows[j]); });
      };
      const bool is_alone = alike(a, rows_a) == 1 && alike(b, rows_b) == 1;
      const auto at = std::find_if(rows_b.begin(), rows_b.end(), [&](std::size_t j) {
        return is_alone ? is_same_test(row, b.rows[j]) : has_same_settings(row, b.rows[j]);
      });
      if (at == rows_b.end() || taken.contains(*at) || row.repetitions.empty() ||
          b.rows[*at].repetitions.empty()) {
        comparison.only_a.push_back(i);
        continue;
      }
      taken.insert(*at);
      BenchDifference difference;
      difference.row_a = i;
      difference.row_b = *at;
      difference.speed = *bootstrap_unpaired_ratio(bench_speeds(b.rows[*at]), bench_speeds(row));
      difference.settings = settings_between(row, b.rows[*at]);
      comparison.tests.push_back(std::move(difference));
    }
    for (const std::size_t j : rows_b)
      if (!taken.contains(j)) comparison.only_b.push_back(j);
  }
  for (BenchDifference& test : comparison.tests)
    test.title = title_of(a, a.rows[test.row_a], pairs.size() > 1);
  lift_common_settings(comparison);
  BenchComparison* const one = &comparison;
  adjust_together({&one, 1});
  return comparison;
}

void adjust_together(std::span<BenchComparison* const> comparisons) {
  // A test that could not be made is none of those that Holm counts.
  std::vector<double> p;
  for (const BenchComparison* comparison : comparisons) {
    for (const BenchDifference& test : comparison->tests)
      if (test.speed.ci95) p.push_back(test.speed.p);
  }
  const std::vector<double> adjusted = holm(p);
  std::size_t next = 0;
  for (BenchComparison* comparison : comparisons) {
    for (BenchDifference& test : comparison->tests) {
      if (test.speed.ci95) {
        test.p_adjusted = adjusted[next++];
        test.shown = test.p_adjusted < kLevel;
      }
      test.text = text_of(comparison->letter, test);
    }
  }
}

}  // namespace assay::stats
