// assay compare: two runs, or two models of a run, by case; what differs between them first.

#include <tuple>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/compared_sides.h"
#include "cli/render.h"
#include "report/bench.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

struct Options {
  std::string a;
  std::vector<std::string> others;
  std::vector<std::string> gates;
};

std::string side_text(const std::string& name, const ChosenSide& side) {
  const record::Run& run = side.run;
  return fmt::format("{}  run {}{}, {}, {}", name, run.id, run.label.empty() ? "" : " '" + run.label + "'",
                     printable(run.suite_name, 60), rfc3339(run.started_wall).substr(0, 16));
}

void print_changes(const std::vector<stats::Change>& changes) {
  if (changes.empty()) {
    print_line("Nothing else that was recorded differs.");
    return;
  }
  print_line("What else differs:");
  for (const stats::Change& change : changes)
    print_line(fmt::format("  {:<28} {}  →  {}", printable(change.what, 60), printable(change.a, 60),
                           printable(change.b, 60)));
}

void print_discordant(const stats::Summary& summary) {
  constexpr std::size_t kShown = 10;
  for (const stats::Difference& difference : summary.differences) {
    for (const auto& [row, count, ids] :
         {std::tuple(difference.better, difference.better_only, &difference.better_only_cases),
          std::tuple(difference.worse, difference.worse_only, &difference.worse_only_cases)}) {
      if (count == 0) continue;
      print_line(fmt::format(" only {} passes {}: {}", summary.rows[row].model_label,
                             stats::counted(count, "case", "cases"), stats::listed(*ids, kShown)));
    }
  }
}

void print_comparison(const Comparison& comparison) {
  print_line(side_text("A", comparison.a));
  print_line(side_text(comparison.letter, comparison.b));
  print_changes(comparison.changes);
  print(render_summary(comparison.summary, "table"));
  print_discordant(comparison.summary);
}

void print_comparison(const ComparedBenches& benches) {
  print_line(side_text("A", benches.a));
  print_line(side_text(benches.comparison.letter, benches.b));
  print_changes(benches.changes);
  print(report::bench_comparison_table(
      benches.report_a, benches.report_b, benches.comparison, static_cast<std::size_t>(terminal_width()),
      {.colour = use_colour_on_stdout(), .unicode = terminal_takes_unicode()}));
}

void print_sides(const ComparedSides& sides, const std::vector<std::vector<GateResult>>& gates) {
  std::size_t at = 0;
  const auto next = [&](const auto& comparison) {
    if (at > 0) print_line("");
    print_comparison(comparison);
    for (const GateResult& result : gates[at])
      print_line(fmt::format("{} {}: {}", result.passed ? "✓" : "✗", result.text, result.why));
    ++at;
  };
  for (const Comparison& comparison : sides.runs) next(comparison);
  for (const ComparedBenches& benches : sides.benches) next(benches);
}

Exit compare(const Shell& shell, const Options& options) {
  std::vector<Gate> gates;
  for (const std::string& text : options.gates) {
    auto gate = parse_gate(text);
    if (!gate) return failed(gate.error());
    gates.push_back(std::move(*gate));
  }
  const auto store = open_store_to_read(shell);
  if (!store) return failed(store.error());
  const auto sides = compare_sides(*store, options.a, options.others);
  if (!sides) return failed(sides.error());
  const auto results = check_gates(gates, *sides);
  if (shell.json)
    print_line(dump_pretty(sides_json(*sides, results)));
  else
    print_sides(*sides, results);
  for (const auto& side : results) {
    for (const GateResult& result : side)
      if (!result.passed) return Exit::gate_failed;
  }
  return Exit::done;
}

}  // namespace

void add_compare(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("a", options->a, "Run, or RUN#MODEL: what was")->required();
  command
      .add_option("b", options->others, "Run, or RUN#MODEL: what is now; several are compared with the first")
      ->required();
  command
      .add_option(
          "--gate", options->gates,
          "Exit with 1 when B is worse than A by more, e.g. 'decode_tps -5%' or 'accuracy -2' (points)")
      ->expected(1)
      ->take_all();
  add_json_option(command, shell);
  command.footer(
      "Models of the same name are compared by case: accuracy by McNemar's exact test, speed by a bootstrap "
      "of the\n"
      "ratio of medians, several by Holm. Two benches are compared test by test. A gate fails only when the\n"
      "loss is shown, not by chance.\n\n"
      "Examples:\n"
      "  assay compare 1m7z9s last\n"
      "  assay compare last#tiny-s.q8_0 last#tiny-m.q8_0\n"
      "  assay compare laptop desktop server            one baseline, the others beside it\n"
      "  assay compare before last --gate 'decode_tps -5%' --gate 'accuracy -2'");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return compare(shell, *options); }; });
}

}  // namespace assay::cli
