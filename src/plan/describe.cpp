#include "plan/describe.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/plan.h"

namespace assay::plan {
namespace {

constexpr std::size_t kShownStretches = 20;

std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string params_text(const record::Params& params) {
  std::string text;
  for (const auto& [name, value] : params)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, record::param_text(value));
  return printable(text, 400);
}

std::string stretch_line(const record::Plan& plan, const record::Stretch& stretch) {
  std::size_t warmups = 0;
  while (stretch.begin + warmups < stretch.end && plan.trials[stretch.begin + warmups].warmup) ++warmups;
  std::string line = fmt::format("{}, round {}: {}, {}", printable(plan.models[stretch.model].label, 40),
                                 stretch.round + 1, plural(warmups, "warm-up", "warm-ups"),
                                 plural(stretch.end - stretch.begin - warmups, "trial", "trials"));
  if (!stretch.load_params.empty()) line += fmt::format(" ({})", params_text(stretch.load_params));
  return line;
}

int most_in_flight(const record::Plan& plan) {
  int most = 1;
  for (const record::Stretch& stretch : plan.stretches) most = std::max(most, stretch.parallel);
  return most;
}

void append_indented(std::string& out, const std::string& text) {
  for (const std::string& line : split(text, '\n')) out += fmt::format("  | {}\n", line);
}

}  // namespace

Counts count(const record::Plan& plan) {
  Counts counts;
  counts.cells = plan.cells.size();
  counts.loads = plan.stretches.size();
  counts.models.resize(plan.models.size());
  for (const record::Stretch& stretch : plan.stretches) ++counts.models[stretch.model].loads;
  std::set<std::uint32_t> cases;
  for (const record::Trial& trial : plan.trials) {
    ++(trial.warmup ? counts.warmups : counts.trials);
    ++(trial.warmup ? counts.models[trial.model].warmups : counts.models[trial.model].trials);
    if (!trial.warmup) cases.insert(trial.case_index);
  }
  counts.cases = cases.size();
  return counts;
}

std::string describe_default_load(const record::Plan& plan) {
  std::size_t alone = 0;
  std::size_t together = 0;
  bool others = false;
  for (const record::Stretch& stretch : plan.stretches) {
    others = others || !stretch.alone;
    for (std::size_t i = stretch.begin; stretch.alone && i < stretch.end; ++i) {
      if (!plan.trials[i].warmup) ++(i - stretch.begin < *stretch.alone ? alone : together);
    }
  }
  if (!plan.load.by_default || together == 0) return {};
  const std::string first =
      alone == 0 ? ""
                 : fmt::format("{} alone first, which give the speed; ", plural(alone, "trial", "trials"));
  return fmt::format(
      "{}{} together, up to {} at once{} (the default of a graded suite; --parallel 1 asks one "
      "at a time)",
      first, alone == 0 ? plural(together, "trial", "trials") : fmt::format("{}", together),
      most_in_flight(plan), others ? "; models on other engines one at a time" : "");
}

std::string describe(const record::Plan& plan, const record::Suite& suite) {
  const Counts counts = count(plan);
  std::string out =
      fmt::format("{}: {}, {}, {}, {}\n", suite.name.empty() ? suite.path : printable(suite.name, 60),
                  plural(counts.models.size(), "model", "models"), plural(counts.cells, "cell", "cells"),
                  plural(counts.cases, "case", "cases"),
                  plural(static_cast<std::uint64_t>(plan.repeats), "repeat", "repeats"));
  out += fmt::format("{}, {}, {}\n", plural(counts.trials, "trial", "trials"),
                     plural(counts.warmups, "warm-up", "warm-ups"),
                     plural(counts.loads, "model load", "model loads"));
  if (suite.log_likelihood) out += "method: log-likelihood of each choice; nothing is generated\n";
  if (suite.order == record::Order::interleaved)
    out += fmt::format("order: interleaved, seed {}\n", plan.seed);
  else
    out += "order: sequential\n";
  if (plan.load.rate_per_s)
    out +=
        fmt::format("load: {} requests a second, {} arrivals\n", *plan.load.rate_per_s, plan.load.arrivals);
  else if (plan.load.by_default)
    out += fmt::format("load: {}\n", describe_default_load(plan));
  else if (plan.load.measure)
    out += fmt::format("load: {} alone first, which give the speed; then up to {} in flight\n",
                       plural(static_cast<std::uint64_t>(*plan.load.measure), "trial", "trials"),
                       most_in_flight(plan));
  else if (plan.load.parallel > 1)
    out += fmt::format("load: {} requests in flight\n", plan.load.parallel);
  for (std::size_t i = 0; i < plan.cells.size() && counts.cells > 1 && i < kShownStretches; ++i) {
    out += fmt::format("cell {}: {}\n", i + 1, printable(plan.cells[i].label, 100));
  }
  if (counts.cells > kShownStretches) out += fmt::format("… and {} more\n", counts.cells - kShownStretches);
  for (std::size_t i = 0; i < plan.stretches.size() && i < kShownStretches; ++i) {
    out += fmt::format("{}. {}\n", i + 1, stretch_line(plan, plan.stretches[i]));
  }
  if (plan.stretches.size() > kShownStretches)
    out += fmt::format("… and {} more\n", plan.stretches.size() - kShownStretches);
  return out;
}

std::string list_trials(const record::Plan& plan, const record::Suite& suite) {
  std::string out;
  for (const record::Trial& trial : plan.trials) {
    const record::Cell& cell = plan.cells[trial.cell];
    out += fmt::format("{}  {}{}{}\n", plan.models[trial.model].label,
                       cell.label.empty() ? "" : cell.label + "  ", suite.cases[trial.case_index].id,
                       trial.warmup ? "  warm-up" : fmt::format("  repeat {}", trial.repeat + 1));
  }
  return out;
}

std::string describe_case(const record::Plan& plan, const record::Suite& suite, const record::Case& test) {
  std::string out = fmt::format("case {}\n", printable(test.id, 100));
  const record::Prompt prompt = prompt_of(suite, test);
  for (const record::Message& message : prompt.messages) {
    out += fmt::format("{}:\n", prompt.raw ? "raw prompt, without chat template" : message.role);
    append_indented(out, message.content);
  }
  for (const std::string& path : prompt.images) out += fmt::format("image: {}\n", path);
  for (const std::string& path : prompt.audio) out += fmt::format("audio: {}\n", path);
  for (const record::Tool& tool : prompt.tools)
    out += fmt::format("tool: {}\n", printable(dump(record::to_json(tool).at("function")), 400));
  for (const std::string& text : prompt.continuations)
    out += fmt::format("choice: '{}'\n", printable(text, 400));
  if (test.expect) out += fmt::format("expect: {}\n", printable(as_text(*test.expect), 400));
  for (const record::ModelSpec& model : plan.models) {
    for (const record::Cell& cell : plan.cells) {
      out += fmt::format("{}{}{}: {}\n", model.label, cell.label.empty() ? "" : ", ", cell.label,
                         params_text(params_of(suite, model, cell, test, 0)));
    }
  }
  return out;
}

}  // namespace assay::plan
