// assay compare: two runs, or two models of a run, by case; what differs between them first.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/gate.h"
#include "cli/render.h"
#include "cli/run_choice.h"
#include "cli/summarise.h"
#include "stats/side_by_side.h"
#include "stats/summariser.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

struct Options {
  std::string a, b;
  std::vector<std::string> gates;
};

/// "last#tiny-s": the run's word and the model's label, which may be missing.
struct Side {
  OpenedRun opened;
  record::Suite suite;
  std::optional<std::uint32_t> model;
};

Result<Side> open_side(const Shell& shell, const std::string& word) {
  const std::size_t hash = word.find('#');
  auto opened = open_run(shell, {.word = word.substr(0, hash)});
  if (!opened) return fail(opened.error());
  auto suite = stored_suite(opened->run);
  if (!suite) return fail(suite.error());
  Side side{std::move(*opened), std::move(*suite), std::nullopt};
  if (hash == std::string::npos) return side;
  const std::string label = word.substr(hash + 1);
  std::vector<std::string> labels;
  for (const record::ModelRecord& model : side.opened.run.models) labels.push_back(model.spec.label);
  const auto at = std::find(labels.begin(), labels.end(), label);
  if (at == labels.end()) {
    const std::string near = nearest(label, labels);
    return fail({.code = Code::not_found,
                 .where = {},
                 .found = fmt::format("run {} has no model '{}'", side.opened.run.id, printable(label, 60)),
                 .expected = "one of: " + join(labels, ", "),
                 .remedy = near.empty() ? std::string{} : fmt::format("Did you mean '{}'?", near)});
  }
  side.model = static_cast<std::uint32_t>(at - labels.begin());
  return side;
}

Result<std::vector<stats::ModelPair>> pairs_of(const Side& a, const Side& b) {
  const record::Run& run_a = a.opened.run;
  const record::Run& run_b = b.opened.run;
  std::vector<stats::ModelPair> pairs;
  if (a.model || b.model) {
    const auto only = [](const Side& side) -> std::optional<std::uint32_t> {
      if (side.model) return side.model;
      return side.opened.run.models.size() == 1 ? std::optional(0U) : std::nullopt;
    };
    if (only(a) && only(b)) pairs.emplace_back(*only(a), *only(b));
  } else if (run_a.id != run_b.id) {
    pairs = stats::natural_pairs(run_a, run_b);
  }
  const bool with_itself = run_a.id == run_b.id && pairs.size() == 1 && pairs[0].first == pairs[0].second;
  if (!pairs.empty() && !with_itself) return pairs;
  return fail({.code = Code::bad_input,
               .where = {},
               .found = with_itself || run_a.id == run_b.id
                            ? std::string("a run is compared with itself")
                            : std::string("the two runs have no model of the same name"),
               .expected = "two runs, or two models",
               .remedy = "Name the models: assay compare RUN#MODEL RUN#MODEL"});
}

/// Every sample of one side goes into the summary.
template <class Move>
Result<void> add_side(const Side& side, stats::Summariser& summariser, bool texts, Move move) {
  store::SampleFilter filter;
  filter.texts = texts;
  return side.opened.store.for_each_graded(side.opened.run.id, std::nullopt, filter,
                                           [&](record::Sample&& sample, const record::Verdict* verdict) {
                                             if (auto moved = move(std::move(sample)))
                                               summariser.add(*moved, verdict);
                                             return true;
                                           });
}

Result<stats::Summary> summary_of(const Side& a, const Side& b, const stats::SideBySide& both) {
  stats::SummaryOptions options;
  options.only_pairs = both.compared();
  options.params = a.suite.params;
  for (const Side* side : {&a, &b}) {
    for (const record::Case& one : side->suite.cases)
      options.cases.push_back({one.id, one.cluster, one.weight});
  }
  stats::Summariser summariser(both.run(), std::move(options));
  const auto& models = both.run().models;
  const bool texts =
      std::any_of(models.begin(), models.end(), [](const auto& model) { return model.over_http; });
  auto read =
      add_side(a, summariser, texts, [&](record::Sample&& sample) { return both.of_a(std::move(sample)); });
  if (read)
    read =
        add_side(b, summariser, texts, [&](record::Sample&& sample) { return both.of_b(std::move(sample)); });
  if (!read) return fail(read.error());
  stats::Summary summary = summariser.finish();
  // Between two runs of one model most cases agree, and that is no fault of the cases.
  std::erase_if(summary.notes, [](const stats::Note& note) { return note.kind == "tells_nothing"; });
  return summary;
}

std::string side_text(const char* name, const Side& side) {
  const record::Run& run = side.opened.run;
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

OrderedJson comparison_json(const Side& a, const Side& b, const stats::SideBySide& both,
                            const stats::Summary& summary, const std::vector<GateResult>& gates) {
  OrderedJson changes = OrderedJson::array();
  for (const stats::Change& change : both.changes())
    changes.push_back({{"what", change.what}, {"a", change.a}, {"b", change.b}});
  OrderedJson json{{"schema", "assay.comparison/1"},
                   {"assay_version", ASSAY_VERSION},
                   {"a", a.opened.run.id},
                   {"b", b.opened.run.id},
                   {"changes", std::move(changes)}};
  const auto rendered = OrderedJson::parse(render_summary(summary, "json"));
  for (const char* name : {"rows", "differences", "notes"})
    json[name] = rendered.value(name, OrderedJson::array());
  json["gates"] = OrderedJson::array();
  for (const GateResult& gate : gates)
    json["gates"].push_back({{"gate", gate.text}, {"passed", gate.passed}, {"why", gate.why}});
  return json;
}

Exit compare(const Shell& shell, const Options& options) {
  std::vector<Gate> gates;
  for (const std::string& text : options.gates) {
    auto gate = parse_gate(text);
    if (!gate) return failed(gate.error());
    gates.push_back(std::move(*gate));
  }
  const auto a = open_side(shell, options.a);
  if (!a) return failed(a.error());
  const auto b = open_side(shell, options.b);
  if (!b) return failed(b.error());
  const auto pairs = pairs_of(*a, *b);
  if (!pairs) return failed(pairs.error());
  const stats::SideBySide both(a->opened.run, b->opened.run, *pairs);
  const auto summary = summary_of(*a, *b, both);
  if (!summary) return failed(summary.error());
  std::vector<GateResult> results;
  for (const Gate& gate : gates) results.push_back(check_gate(gate, *summary, both.compared()));

  if (shell.json) {
    print_line(dump_pretty(comparison_json(*a, *b, both, *summary, results)));
  } else {
    print_line(side_text("A", *a));
    print_line(side_text("B", *b));
    print_changes(both.changes());
    print(render_summary(*summary, "table"));
    print_discordant(*summary);
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
