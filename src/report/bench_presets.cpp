#include "report/bench_presets.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/bench_columns.h"

namespace assay::report {
namespace {

using record::BenchReport;
using record::BenchRow;

/// The same test with another setting is another score.
bool has_settings_of(const BenchRow& a, const BenchRow& b) {
  record::BenchTest test = a.test;
  test.prompt = b.test.prompt;
  test.generate = b.test.generate;
  // A row that was not measured does not know the engine's choice.
  if (!a.test.threads || !b.test.threads) test.threads = b.test.threads;
  return test == b.test && a.gpu_layers == b.gpu_layers;
}

/// "threads 4, + sampling": what tells a row's settings from those of the others.
std::string settings_text(const BenchReport& report, const BenchRow& row) {
  std::string text;
  if (row.test.threads) text += fmt::format("threads {}, ", *row.test.threads);
  if (row.test.depth > 0) text += fmt::format("d{}, ", row.test.depth);
  for (const SettingColumn& setting : setting_columns(report))
    text += fmt::format("{} {}, ", setting.name, setting.text(row));
  return text + path_text(row);
}

std::string localscore_text(const std::string& label, const LocalScoreOf& of) {
  const std::string name = of.settings.empty() ? label : label + ", " + of.settings;
  if (!of.score) return fmt::format("{}: no LocalScore: not every shape was measured", name);
  const std::string interval =
      of.score->ci95 ? fmt::format(" ({}…{})", number(of.score->ci95->low), number(of.score->ci95->high))
                     : "";
  return fmt::format("{}: LocalScore {}{} over {} shapes", name, number(of.score->score), interval,
                     of.score->shapes);
}

/// "pp512+tg128 at the end is 93.1 % (91.9…94.2) of the start; in fifths of 310 repetitions: 70.1, …".
std::string sustained_text(const BenchRow& row, const stats::Sustained& figures) {
  std::string text = fmt::format("{} at the end is {:.1f} %", name_of(row.test), figures.end_to_start * 100);
  if (figures.ci95)
    text += fmt::format(" ({:.1f}…{:.1f})", figures.ci95->low * 100, figures.ci95->high * 100);
  text += fmt::format(" of the start; in fifths of {} repetitions:", row.repetitions.size());
  for (const double fifth : figures.fifths)
    text += fmt::format("{}{}", text.ends_with(':') ? " " : ", ", number(fifth));
  return text + " tokens/s";
}

}  // namespace

std::vector<LocalScoreOf> localscores(const BenchReport& report, std::uint32_t model) {
  std::vector<std::vector<const BenchRow*>> groups;
  for (const BenchRow* row : own_rows(report, model)) {
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& one) { return has_settings_of(*one.front(), *row); });
    if (group == groups.end())
      groups.push_back({row});
    else
      group->push_back(row);
  }
  std::vector<LocalScoreOf> scores;
  for (const auto& group : groups)
    scores.push_back({groups.size() == 1 ? std::string{} : settings_text(report, *group.front()),
                      stats::localscore(group)});
  return scores;
}

std::vector<std::string> preset_sentences(const BenchReport& report) {
  std::vector<std::string> lines;
  for (std::uint32_t m = 0; m < report.models.size(); ++m) {
    const std::string& label = report.models[m].label;
    if (report.preset == "localscore")
      for (const LocalScoreOf& score : localscores(report, m)) lines.push_back(localscore_text(label, score));
    if (report.preset != "sustained") continue;
    for (const BenchRow* row : own_rows(report, m))
      if (const auto figures = stats::sustained(*row))
        lines.push_back(fmt::format("{}: {}", label, sustained_text(*row, *figures)));
  }
  return lines;
}

}  // namespace assay::report
