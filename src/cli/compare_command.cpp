// assay compare: two runs, or two models of a run, by case; what differs between them first.

#include <tuple>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/compared_sides.h"
#include "cli/option_checks.h"
#include "cli/power.h"
#include "cli/render.h"
#include "report/bench.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

struct Options {
  std::string a;
  std::vector<std::string> others;
  std::vector<std::string> gates;
  bool power = false;
  PowerAsked asked;
};

/// Points and percent, as people write them, to shares.
constexpr double kPercent = 100;

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

Error compare_error(std::string found, std::string expected) {
  return bad_input(std::move(found), std::move(expected), "See: assay compare --help");
}

/// What the sides say about the next run.
std::vector<PowerLine> power_of(const ComparedSides& sides, const PowerAsked& asked) {
  std::vector<PowerLine> lines;
  for (const Comparison& comparison : sides.runs) {
    for (PowerLine& line : power_from_data(comparison.summary, asked)) lines.push_back(std::move(line));
  }
  return lines;
}

Exit plan_power(const Shell& shell, const PowerAsked& asked) {
  const auto lines = power_from_assumptions(asked);
  if (!lines) return failed(lines.error());
  if (shell.json) {
    print_line(dump_pretty(OrderedJson{
        {"schema", "assay.power/1"}, {"assay_version", ASSAY_VERSION}, {"power", power_json(*lines)}}));
    return Exit::done;
  }
  print_line("Paired, two-sided at 5 %, found four times in five; one answer of 0 or 1 to a case:");
  print(power_text(*lines));
  return Exit::done;
}

/// Errors: bad_input where options and sides do not go together.
Result<void> check_options(const Options& options) {
  const PowerAsked& asked = options.asked;
  const bool assumes = asked.correlation || asked.discordant;
  if (!options.power && (assumes || asked.cases || asked.difference))
    return fail(compare_error("--cases, --detect, --correlation or --discordant without --power",
                              "--power before them"));
  if (options.a.empty() && !options.power)
    return fail(compare_error("no run to compare", "two runs, or RUN#MODEL RUN#MODEL"));
  if (!options.a.empty() && options.others.empty())
    return fail(compare_error("one run, and none to compare it with", "two runs, or RUN#MODEL RUN#MODEL"));
  if (!options.a.empty() && assumes)
    return fail(compare_error("assumptions beside runs that were measured",
                              "--power with runs, or with assumptions"));
  if (asked.correlation && asked.discordant)
    return fail(
        compare_error("--correlation beside --discordant", "one of them: each says how much cases differ"));
  return {};
}

Exit compare(const Shell& shell, const Options& options) {
  if (const auto checked = check_options(options); !checked) return failed(checked.error());
  if (options.a.empty()) return plan_power(shell, options.asked);
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
  // The range of what is asked is the same with and without runs.
  if (auto asked = power_from_assumptions(options.asked); !asked) return failed(asked.error());
  const auto results = check_gates(gates, *sides);
  if (shell.json) {
    OrderedJson json = sides_json(*sides, results);
    if (options.power) json["power"] = power_json(power_of(*sides, options.asked));
    print_line(dump_pretty(json));
  } else {
    print_sides(*sides, results);
    if (options.power) {
      print_line("\nAnother run like these, two-sided at 5 %, found four times in five:");
      print(power_text(power_of(*sides, options.asked)));
    }
  }
  for (const auto& side : results) {
    for (const GateResult& result : side)
      if (!result.passed) return Exit::gate_failed;
  }
  return Exit::done;
}

}  // namespace

void add_compare(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("a", options->a, "Run, or RUN#MODEL: what was");
  command.add_option("b", options->others,
                     "Run, or RUN#MODEL: what is now; several are compared with the first");
  command
      .add_option(
          "--gate", options->gates,
          "Exit with 1 when B is worse than A by more, e.g. 'decode_tps -5%' or 'accuracy -2' (points)")
      ->type_name("LOSS")
      ->expected(1)
      ->take_all();
  command.add_flag(
      "--power", options->power,
      "How many cases a difference needs, and what the cases there are can show; without runs from "
      "assumptions");
  command.add_option("--cases", options->asked.cases, "With --power: so many cases")
      ->type_name("COUNT")
      ->check(whole_number());
  command
      .add_option_function<double>(
          "--detect", [options](double points) { options->asked.difference = points / kPercent; },
          "With --power: the difference that shall be found")
      ->type_name("POINTS")
      ->check(number_within(0, kPercent));
  command
      .add_option("--correlation", options->asked.correlation,
                  "With --power and no run: of the two models' results (default: 0, 0.5 and 0.8)")
      ->type_name("NUMBER")
      ->check(number_within(-1, 1));
  command
      .add_option_function<double>(
          "--discordant", [options](double percent) { options->asked.discordant = percent / kPercent; },
          "With --power and no run, instead: how many of the cases one of the two passes")
      ->type_name("PERCENT")
      ->check(number_within(0, kPercent));
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
      "  assay compare --power --detect 5               how many cases 5 points need, before a run\n"
      "  assay compare last#tiny-s last#tiny-m --power  what those cases could have shown\n"
      "  assay compare before last --gate 'decode_tps -5%' --gate 'accuracy -2'");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return compare(shell, *options); }; });
}

}  // namespace assay::cli
