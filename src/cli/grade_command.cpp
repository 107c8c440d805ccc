// assay grade: judge stored answers again. No model runs; the old verdicts stay as an older layer.

#include <map>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/render.h"
#include "cli/summarise.h"
#include "evaluator/grader.h"
#include "suite/load.h"

namespace assay::cli {
namespace {

struct Options {
  std::string run = "last";
  std::string suite;  ///< judge by this file instead of the stored suite
};

struct Change {
  std::string case_id;
  std::string model;
  record::Mark before;
  record::Mark after;
};

constexpr std::size_t kBlock = 1000;
constexpr std::size_t kListed = 20;

/// The suite to judge by: the run's own, or a changed file.
Result<record::Suite> suite_for(const record::Run& run, const std::string& path) {
  if (path.empty()) return stored_suite(run);
  suite::LoadOutcome loaded = suite::load_file(path, catalogue());
  print_warnings(loaded.warnings);
  if (loaded.suite) return std::move(*loaded.suite);
  for (std::size_t i = 0; i + 1 < loaded.errors.size(); ++i) print_error(loaded.errors[i]);
  return fail(loaded.errors.back());
}

record::Verdict judge(const evaluator::Grader& grader,
                      const std::map<std::string, const record::Case*>& cases, const record::Sample& sample) {
  const auto at = cases.find(sample.case_id);
  if (at != cases.end()) return grader.judge(*at->second, sample);
  record::Verdict verdict;
  verdict.reason = "grader_missing";
  verdict.detail = "the suite has no case of this id";
  return verdict;
}

/// Judges every sample into a new layer. Returns what changed.
Result<std::vector<Change>> grade_all(store::Store& store, const record::Run& run, const record::Suite& suite,
                                      const evaluator::Grader& grader) {
  std::map<std::string, const record::Case*> cases;
  for (const record::Case& one : suite.cases) cases.emplace(one.id, &one);
  std::vector<Change> changes;
  std::vector<store::GradedSequence> verdicts;
  const auto judged = store.for_each_graded(
      run.id, std::nullopt, {}, [&](record::Sample&& sample, const record::Verdict* before) {
        verdicts.push_back({sample.sequence, judge(grader, cases, sample)});
        const record::Mark after = verdicts.back().verdict.mark;
        if (before != nullptr && before->mark != after)
          changes.push_back({sample.case_id, run.models[sample.model].spec.label, before->mark, after});
        return true;
      });
  if (!judged) return fail(judged.error());
  SystemClock clock;
  const auto layer = store.add_layer(
      run.id, {.id = 0, .created = clock.wall(), .grading = "assay", .versions = grader.versions()});
  if (!layer) return fail(layer.error());
  for (std::size_t i = 0; i < verdicts.size(); i += kBlock) {
    const std::span block(verdicts.data() + i, std::min(kBlock, verdicts.size() - i));
    if (auto kept = store.put_verdicts(run.id, *layer, block); !kept) return fail(kept.error());
  }
  return changes;
}

Exit grade_run(const Shell& shell, const Options& options) {
  auto store = open_store_to_write(shell);
  if (!store) return failed(store.error());
  const auto id = store->find_run(options.run);
  if (!id) return failed(id.error());
  const auto run = store->run(*id);
  if (!run) return failed(run.error());
  const auto suite = suite_for(*run, options.suite);
  if (!suite) return failed(suite.error());
  const auto grader = evaluator::Grader::make(*suite);
  if (!grader) return failed(grader.error());
  const auto changes = grade_all(*store, *run, *suite, *grader);
  if (!changes) return failed(changes.error());
  const auto summary = summarise(*store, *run, *suite);
  if (!summary) return failed(summary.error());
  print(render_summary(*summary, shell.json ? "json" : "table"));
  say(fmt::format("\n{} of the verdicts changed.",
                  changes->empty() ? std::string("None") : std::to_string(changes->size())));
  for (std::size_t i = 0; i < std::min(kListed, changes->size()); ++i) {
    const Change& change = (*changes)[i];
    say(fmt::format("  {}  {}  {} → {}", printable(change.model, 24), printable(change.case_id, 32),
                    record::name_of(change.before), record::name_of(change.after)));
  }
  if (changes->size() > kListed) say(fmt::format("  … and {} more", changes->size() - kListed));
  return Exit::done;
}

}  // namespace

void add_grade(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("run", options->run, "Run: the beginning of its id, its label, or 'last'")
      ->capture_default_str();
  command.add_option("--suite", options->suite,
                     "Judge by this suite file instead of the one that the run was made with");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay grade last                      with this version's evaluators\n"
      "  assay grade last --suite fixed.yaml   with corrected expectations");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return grade_run(shell, *options); }; });
}

}  // namespace assay::cli
