#include "cli/summarise.h"

#include <algorithm>

#include "base/json_members.h"
#include "cli/catalogue.h"
#include "cli/judging_note.h"
#include "evaluator/corpus.h"
#include "evaluator/grader.h"
#include "stats/summariser.h"
#include "suite/load.h"

namespace assay::cli {
namespace {

/// Whoever ran programs of a model without protection is told so wherever the result is shown.
Result<void> note_sandbox(const store::Store& store, const record::Run& run,
                          std::optional<store::LayerId> layer, stats::Summary& summary) {
  auto sandbox = sandbox_of(store, run, layer);
  if (!sandbox) return fail(sandbox.error());
  summary.sandbox = std::move(*sandbox);
  if (summary.sandbox == kNoSandbox) {
    summary.notes.push_back(
        {.kind = "sandbox",
         .text = "sandbox: none; the programs that the models wrote ran without protection",
         .row = std::nullopt,
         .case_ids = {}});
  }
  return {};
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

Result<std::string> sandbox_of(const store::Store& store, const record::Run& run,
                               std::optional<store::LayerId> layer) {
  const auto layers = store.layers(run.id);
  if (!layers) return fail(layers.error());
  std::string sandbox;
  for (const store::Layer& one : *layers) {
    const bool shown = layer ? one.id == *layer : one.id == layers->back().id;
    if (shown) sandbox = text_of(one.versions, "sandbox");
  }
  return sandbox.starts_with(kNoSandbox) ? std::string(kNoSandbox) : sandbox;
}

Result<stats::Summary> summarise(const store::Store& store, const record::Run& run,
                                 const record::Suite& suite, std::optional<store::LayerId> layer) {
  stats::SummaryOptions options;
  options.params = suite.params;  // samples without their texts carry none
  options.corpus = evaluator::corpus_reader();
  options.cases.reserve(suite.cases.size());
  for (const record::Case& one : suite.cases)
    options.cases.push_back({one.id, one.cluster, one.weight, one.rotation_of});
  stats::Summariser summariser(run, std::move(options));
  JudgeVotes votes;
  store::SampleFilter filter;
  // What a server claims of itself stands beside the texts, which cost three times the reading.
  filter.texts = std::any_of(run.models.begin(), run.models.end(),
                             [](const record::ModelRecord& model) { return model.over_http; });
  const auto read = store.for_each_graded(run.id, layer, filter,
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            summariser.add(sample, verdict);
                                            if (verdict != nullptr) votes.add(*verdict);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  stats::Summary summary = summariser.finish();
  if (auto given = votes.give(store, run, suite, layer, summary); !given) return fail(given.error());
  if (auto noted = note_sandbox(store, run, layer, summary); !noted) return fail(noted.error());
  return summary;
}

}  // namespace assay::cli
