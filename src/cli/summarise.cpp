#include "cli/summarise.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json_members.h"
#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/corpus_figures.h"
#include "evaluator/grader.h"
#include "stats/summariser.h"
#include "suite/load.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

/// Whoever ran programs of a model without protection is told so wherever the result is shown.
Result<void> note_sandbox(const store::Store& store, const record::Run& run,
                          std::optional<store::LayerId> layer, stats::Summary& summary) {
  const auto layers = store.layers(run.id);
  if (!layers) return fail(layers.error());
  for (const store::Layer& one : *layers) {
    const bool shown = layer ? one.id == *layer : one.id == layers->back().id;
    if (!shown || !text_of(one.versions, "sandbox").starts_with("none")) continue;
    summary.notes.push_back(
        {.kind = "sandbox",
         .text = "sandbox: none; the programs that the models wrote ran without protection",
         .row = std::nullopt,
         .case_ids = {}});
  }
  return {};
}

bool same_model(const record::ModelSpec& judge, const record::ModelSpec& model) {
  return judge.engine == model.engine && judge.model == model.model && judge.url == model.url;
}

/// A model prefers answers like its own (arXiv 2404.13076), so whoever reads the figure is told.
void note_self_judged(const record::Run& run, const record::Suite& suite, stats::Summary& summary) {
  for (const std::string& name : evaluator::judges_of(suite)) {
    const auto judge = suite::parse_model(name, folder_of(run.suite_path), catalogue());
    if (!judge) continue;
    for (std::uint32_t row = 0; row < summary.rows.size(); ++row) {
      if (!same_model(*judge, run.models[summary.rows[row].model].spec)) continue;
      summary.notes.push_back({.kind = "self_judged",
                               .text = fmt::format("{}: self-judged, '{}' is among its judges",
                                                   summary.rows[row].model_label, printable(name, 60)),
                               .row = row,
                               .case_ids = {}});
    }
  }
}

}  // namespace

Result<record::Suite> stored_suite(const record::Run& run, std::optional<record::Grading> grading) {
  if (record::kind_of(run.options) == record::RunKind::bench)
    return fail({.code = Code::bad_input,
                 .where = {.file = "run " + run.id, .line = 0, .column = 0},
                 .found = "it is a bench, which has no suite and no samples",
                 .expected = "a run of `assay run`",
                 .remedy = "See it with: assay show " + run.id});
  auto loaded = suite::load(run.suite_text, run.suite_path, catalogue(), {.grading = grading});
  if (loaded.suite) return std::move(*loaded.suite);
  Error error = loaded.errors.front();
  error.where = {.file = "run " + run.id, .line = error.where.line, .column = error.where.column};
  return fail(std::move(error));
}

Result<stats::Summary> summarise(const store::Store& store, const record::Run& run,
                                 const record::Suite& suite, std::optional<store::LayerId> layer) {
  stats::SummaryOptions options;
  options.params = suite.params;  // samples without their texts carry none
  options.cases.reserve(suite.cases.size());
  for (const record::Case& one : suite.cases)
    options.cases.push_back({one.id, one.cluster, one.weight, one.rotation_of});
  stats::Summariser summariser(run, std::move(options));
  CorpusFigures corpus;
  const std::size_t cells = std::max<std::size_t>(1, run.cells.size());
  store::SampleFilter filter;
  // What a server claims of itself stands beside the texts, which cost three times the reading.
  filter.texts = std::any_of(run.models.begin(), run.models.end(),
                             [](const record::ModelRecord& model) { return model.over_http; });
  const auto read = store.for_each_graded(run.id, layer, filter,
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            summariser.add(sample, verdict);
                                            if (verdict != nullptr)
                                              corpus.add(sample.model * cells + sample.cell, *verdict);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  stats::Summary summary = summariser.finish();
  corpus.give(summary);
  note_self_judged(run, suite, summary);
  if (auto noted = note_sandbox(store, run, layer, summary); !noted) return fail(noted.error());
  return summary;
}

}  // namespace assay::cli
