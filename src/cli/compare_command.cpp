// assay compare: two runs, or two models of a run, by case; what differs between them first.

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/comparison.h"
#include "cli/render.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

struct Options {
  std::string a, b;
  std::vector<std::string> gates;
};

std::string side_text(const char* name, const ComparedSide& side) {
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

Exit compare(const Shell& shell, const Options& options) {
  std::vector<Gate> gates;
  for (const std::string& text : options.gates) {
    auto gate = parse_gate(text);
    if (!gate) return failed(gate.error());
    gates.push_back(std::move(*gate));
  }
  const auto store = open_store_to_read(shell);
  if (!store) return failed(store.error());
  const auto comparison = compare_runs(*store, options.a, options.b);
  if (!comparison) return failed(comparison.error());
  std::vector<GateResult> results;
  for (const Gate& gate : gates)
    results.push_back(check_gate(gate, comparison->summary, comparison->compared));

  if (shell.json) {
    print_line(dump_pretty(comparison_json(*comparison, results)));
  } else {
    print_line(side_text("A", comparison->a));
    print_line(side_text("B", comparison->b));
    print_changes(comparison->changes);
    print(render_summary(comparison->summary, "table"));
    print_discordant(comparison->summary);
    for (const GateResult& result : results)
      print_line(fmt::format("{} {}: {}", result.passed ? "✓" : "✗", result.text, result.why));
  }
  const bool passed =
      std::all_of(results.begin(), results.end(), [](const auto& result) { return result.passed; });
  return passed ? Exit::done : Exit::gate_failed;
}

}  // namespace

void add_compare(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("a", options->a, "Run, or RUN#MODEL: what was")->required();
  command.add_option("b", options->b, "Run, or RUN#MODEL: what is now")->required();
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
      "ratio of medians, several by Holm. A gate fails only when the loss is shown, not by chance.\n\n"
      "Examples:\n"
      "  assay compare 1m7z9s last\n"
      "  assay compare last#tiny-s.q8_0 last#tiny-m.q8_0\n"
      "  assay compare before last --gate 'decode_tps -5%' --gate 'accuracy -2'");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return compare(shell, *options); }; });
}

}  // namespace assay::cli
