#include "cli/comparison.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/judging_note.h"
#include "cli/render.h"
#include "cli/summarise.h"
#include "evaluator/corpus.h"
#include "stats/grading_changes.h"
#include "stats/summariser.h"

namespace assay::cli {
namespace {

Result<ComparedSide> with_suite(ChosenSide side) {
  auto suite = stored_suite(side.run);
  if (!suite) return fail(suite.error());
  return ComparedSide{std::move(side), std::move(*suite)};
}

/// Every sample of one side goes into the summary.
template <class Move>
Result<void> add_side(const store::Store& store, const ComparedSide& side, stats::Summariser& summariser,
                      bool texts, Move move) {
  store::SampleFilter filter;
  filter.texts = texts;
  return store.for_each_graded(side.run.id, std::nullopt, filter,
                               [&](record::Sample&& sample, const record::Verdict* verdict) {
                                 if (auto moved = move(std::move(sample))) summariser.add(*moved, verdict);
                                 return true;
                               });
}

Result<stats::Summary> summary_of(const store::Store& store, const ComparedSide& a, const ComparedSide& b,
                                  const stats::SideBySide& both) {
  stats::SummaryOptions options;
  options.only_pairs = both.compared();
  options.params = a.suite.params;
  options.corpus = evaluator::corpus_reader();
  for (const ComparedSide* side : {&a, &b}) {
    for (const record::Case& one : side->suite.cases)
      options.cases.push_back({one.id, one.cluster, one.weight, one.rotation_of});
  }
  stats::Summariser summariser(both.run(), std::move(options));
  const auto& models = both.run().models;
  const bool texts =
      std::any_of(models.begin(), models.end(), [](const auto& model) { return model.over_http; });
  auto read = add_side(store, a, summariser, texts,
                       [&](record::Sample&& sample) { return both.of_a(std::move(sample)); });
  if (read)
    read = add_side(store, b, summariser, texts,
                    [&](record::Sample&& sample) { return both.of_b(std::move(sample)); });
  if (!read) return fail(read.error());
  stats::Summary summary = summariser.finish();
  // Between two runs of one model most cases agree, and that is no fault of the cases.
  std::erase_if(summary.notes, [](const stats::Note& note) { return note.kind == "tells_nothing"; });
  return summary;
}

/// How a run was judged last; nothing when nobody judged it.
Result<std::optional<stats::GradingRecord>> grading_of(const store::Store& store, const std::string& run) {
  const auto layers = store.layers(run);
  if (!layers) return fail(layers.error());
  if (layers->empty()) return std::optional<stats::GradingRecord>();
  return std::optional(stats::GradingRecord{layers->back().grading, layers->back().versions});
}

/// What differs in how both sides were judged joins the changes, and is said under their table.
Result<void> add_grading(const store::Store& store, Comparison& comparison) {
  const auto a = grading_of(store, comparison.a.run.id);
  if (!a) return fail(a.error());
  const auto b = grading_of(store, comparison.b.run.id);
  if (!b) return fail(b.error());
  if (!*a || !*b) return {};
  const std::vector<stats::Change> changes = stats::grading_changes(**a, **b);
  if (changes.empty()) return {};
  comparison.changes.insert(comparison.changes.end(), changes.begin(), changes.end());
  comparison.summary.notes.push_back(stats::judged_differently(changes, comparison.letter));
  return {};
}

}  // namespace

Result<ChosenSide> choose_side(const store::Store& store, const std::string& word, char separator) {
  const std::size_t hash = word.find(separator);
  const auto id = store.find_run(word.substr(0, hash));
  if (!id) return fail(id.error());
  auto run = store.run(*id);
  if (!run) return fail(run.error());
  ChosenSide side{std::move(*run), std::nullopt};
  if (hash == std::string::npos) return side;
  const std::string label = word.substr(hash + 1);
  std::vector<std::string> labels;
  for (const record::ModelRecord& model : side.run.models) labels.push_back(model.spec.label);
  const auto at = std::find(labels.begin(), labels.end(), label);
  if (at == labels.end()) {
    const std::string near = nearest(label, labels);
    return fail({.code = Code::not_found,
                 .where = {},
                 .found = fmt::format("run {} has no model '{}'", side.run.id, printable(label, 60)),
                 .expected = "one of: " + join(labels, ", "),
                 .remedy = near.empty() ? std::string{} : fmt::format("Did you mean '{}'?", near)});
  }
  side.model = static_cast<std::uint32_t>(at - labels.begin());
  return side;
}

Result<bool> are_benches(const ChosenSide& a, const ChosenSide& b) {
  const bool a_is = record::kind_of(a.run.options) == record::RunKind::bench;
  const bool b_is = record::kind_of(b.run.options) == record::RunKind::bench;
  if (a_is == b_is) return a_is;
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("run {} is a bench and run {} is not", a_is ? a.run.id : b.run.id,
                                    a_is ? b.run.id : a.run.id),
               .expected = "two benches, or two runs of suites",
               .remedy = "A bench measures tests of fixed shapes, a suite its own prompts: their speeds are "
                         "not the same thing"});
}

Result<std::vector<stats::ModelPair>> pairs_of(const ChosenSide& a, const ChosenSide& b) {
  const record::Run& run_a = a.run;
  const record::Run& run_b = b.run;
  std::vector<stats::ModelPair> pairs;
  if (a.model || b.model) {
    const auto only = [](const ChosenSide& side) -> std::optional<std::uint32_t> {
      if (side.model) return side.model;
      return side.run.models.size() == 1 ? std::optional(0U) : std::nullopt;
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

std::string letter_of(std::size_t place) {
  return {static_cast<char>('B' + static_cast<char>(place))};
}

Result<Comparison> compare_runs(const store::Store& store, ChosenSide a, ChosenSide b,
                                const std::string& letter) {
  const auto pairs = pairs_of(a, b);
  if (!pairs) return fail(pairs.error());
  auto side_a = with_suite(std::move(a));
  if (!side_a) return fail(side_a.error());
  auto side_b = with_suite(std::move(b));
  if (!side_b) return fail(side_b.error());
  const stats::SideBySide both(side_a->run, side_b->run, *pairs, letter);
  auto summary = summary_of(store, *side_a, *side_b, both);
  if (!summary) return fail(summary.error());
  auto changes = both.changes();
  auto judges = judge_changes(store, side_a->run, side_b->run);
  if (!judges) return fail(judges.error());
  changes.insert(changes.end(), judges->begin(), judges->end());
  auto compared = both.compared();
  Comparison comparison{letter,
                        std::move(*side_a),
                        std::move(*side_b),
                        std::move(changes),
                        std::move(compared),
                        std::move(*summary)};
  if (auto added = add_grading(store, comparison); !added) return fail(added.error());
  return comparison;
}

OrderedJson changes_json(const std::vector<stats::Change>& changes) {
  OrderedJson list = OrderedJson::array();
  for (const stats::Change& change : changes)
    list.push_back({{"what", change.what}, {"a", change.a}, {"b", change.b}});
  return list;
}

OrderedJson gates_json(const std::vector<GateResult>& gates) {
  OrderedJson list = OrderedJson::array();
  for (const GateResult& gate : gates)
    list.push_back({{"gate", gate.text}, {"passed", gate.passed}, {"why", gate.why}});
  return list;
}

OrderedJson comparison_json(const Comparison& comparison, const std::vector<GateResult>& gates) {
  OrderedJson json{{"schema", "assay.comparison/1"},
                   {"assay_version", ASSAY_VERSION},
                   {"a", comparison.a.run.id},
                   {"b", comparison.b.run.id},
                   {"changes", changes_json(comparison.changes)}};
  const auto rendered = OrderedJson::parse(render_summary(comparison.summary, "json"));
  for (const char* name : {"rows", "differences", "notes", "resampling"})
    json[name] = rendered.value(name, OrderedJson::array());
  json["gates"] = gates_json(gates);
  return json;
}

}  // namespace assay::cli
