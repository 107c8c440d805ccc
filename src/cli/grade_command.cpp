// assay grade: judge stored answers again. No model runs; the old verdicts stay as an older layer.

#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/fail_under.h"
#include "cli/grade_many.h"
#include "cli/judge_models.h"
#include "cli/ratings.h"
#include "cli/render.h"
#include "cli/run_options.h"
#include "cli/sandbox_choice.h"
#include "cli/summarise.h"
#include "evaluator/grader.h"
#include "stats/words.h"
#include "suite/load.h"

namespace assay::cli {
namespace {

struct Options {
  std::string run = "last";
  std::string suite;  ///< judge by this file instead of the stored suite
  std::string grading;
  std::string fail_under;
  std::string ratings;  ///< a file of what people say
  std::string sheet;    ///< a file to be written for them
  bool blind = false;
  SandboxOptions sandbox;
};

struct Change {
  std::string case_id;
  std::string model;
  record::Mark before;
  record::Mark after;
  std::string reason;  ///< of the new verdict
  std::string detail;
};

/// Verdicts that enter the accuracy, of one model.
struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t graded = 0;

  void add(record::Mark mark) {
    passed += mark == record::Mark::pass ? 1 : 0;
    graded += mark == record::Mark::pass || mark == record::Mark::fail ? 1 : 0;
  }
  std::string text() const {
    if (graded == 0) return "–";
    return fmt::format("{}/{} ({})", passed, graded,
                       stats::percent(static_cast<double>(passed) / static_cast<double>(graded)));
  }
};

/// What a new grading changed. The tallies are by model, as the run has them.
struct Regraded {
  std::vector<Change> changes;
  std::vector<Tally> before, after;
};

constexpr std::size_t kBlock = 1000;
constexpr std::size_t kListed = 20;

/// The suite to judge by: the run's own, or a changed file.
Result<record::Suite> suite_for(const record::Run& run, const Options& options) {
  const std::optional<record::Grading> grading = grading_from(options.grading);
  if (options.suite.empty() && run.options.contains("imported")) {
    return fail({.code = Code::unsupported,
                 .where = {.file = "run " + run.id, .line = 0, .column = 0},
                 .found = "this run was imported, and its report does not say how it was judged",
                 .expected = "a suite with the same case ids and an evaluator",
                 .remedy = "Name it with --suite FILE"});
  }
  if (options.suite.empty()) return stored_suite(run, grading);
  suite::LoadOutcome loaded = suite::load_file(options.suite, catalogue(), {.grading = grading});
  print_warnings(loaded.warnings);
  if (loaded.suite) return std::move(*loaded.suite);
  for (std::size_t i = 0; i + 1 < loaded.errors.size(); ++i) print_error(loaded.errors[i]);
  return fail(loaded.errors.back());
}

/// Judges every sample into a new layer. Returns what changed.
Result<Regraded> grade_all(store::Store& store, const record::Run& run, const record::Suite& suite,
                           const evaluator::Grader& grader) {
  const ManyGrader many(grader, suite, evaluator::needs_sandbox(suite));
  Regraded regraded{.changes = {},
                    .before = std::vector<Tally>(run.models.size()),
                    .after = std::vector<Tally>(run.models.size())};
  std::vector<store::GradedSequence> verdicts;
  std::vector<record::Sample> block;
  std::vector<std::optional<record::Mark>> before;
  const auto judge_block = [&] {
    std::vector<record::Verdict> judged = many.judge(block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (before[i]) regraded.before[block[i].model].add(*before[i]);
      regraded.after[block[i].model].add(judged[i].mark);
      if (before[i] && *before[i] != judged[i].mark)
        regraded.changes.push_back({block[i].case_id, run.models[block[i].model].spec.label, *before[i],
                                    judged[i].mark, judged[i].reason, judged[i].detail});
      verdicts.push_back({block[i].sequence, std::move(judged[i])});
    }
    block.clear();
    before.clear();
  };
  store::SampleFilter filter;
  filter.verdict_steps = false;
  const auto read = store.for_each_graded(
      run.id, std::nullopt, filter, [&](record::Sample&& sample, const record::Verdict* old) {
        block.push_back(std::move(sample));
        before.push_back(old != nullptr ? std::optional(old->mark) : std::nullopt);
        if (block.size() == kBlock) judge_block();
        return true;
      });
  if (!read) return fail(read.error());
  judge_block();
  SystemClock clock;
  const auto layer = store.add_layer(run.id, {.id = 0,
                                              .created = clock.wall(),
                                              .grading = std::string(name_of(suite.grading)),
                                              .versions = grader.versions()});
  if (!layer) return fail(layer.error());
  for (std::size_t i = 0; i < verdicts.size(); i += kBlock) {
    const std::span part(verdicts.data() + i, std::min(kBlock, verdicts.size() - i));
    if (auto kept = store.put_verdicts(run.id, *layer, part); !kept) return fail(kept.error());
  }
  return regraded;
}

void say_changes(const record::Run& run, const Regraded& regraded) {
  const std::vector<Change>& changes = regraded.changes;
  say(fmt::format("\n{} of the verdicts changed.",
                  changes.empty() ? std::string("None") : std::to_string(changes.size())));
  for (std::size_t m = 0; m < run.models.size(); ++m)
    say(fmt::format("  {}  accuracy {} → {}", printable(run.models[m].spec.label, 24),
                    regraded.before[m].text(), regraded.after[m].text()));
  for (std::size_t i = 0; i < std::min(kListed, changes.size()); ++i) {
    const Change& change = changes[i];
    const std::string why = change.detail.empty() ? change.reason : change.reason + ": " + change.detail;
    say(fmt::format("  {}  {}  {} → {}  {}", printable(change.model, 24), printable(change.case_id, 32),
                    record::name_of(change.before), record::name_of(change.after), printable(why, 100)));
  }
  if (changes.size() > kListed) say(fmt::format("  … and {} more", changes.size() - kListed));
}

/// What people said so far, with what the file adds.
Result<std::shared_ptr<const evaluator::Ratings>> ratings_for(store::Store& store, const record::Run& run,
                                                              const record::Suite& suite,
                                                              const Options& options) {
  if (options.ratings.empty()) {
    auto stored = stored_ratings(store, run);
    if (!stored) return fail(stored.error());
    return std::make_shared<const evaluator::Ratings>(*std::move(stored));
  }
  auto added = add_ratings(store, run, suite, options.ratings);
  if (!added) return fail(added.error());
  say(fmt::format("{} ratings read{}.", added->added,
                  added->replaced == 0
                      ? std::string{}
                      : fmt::format(", {} of them in place of an earlier one", added->replaced)));
  return std::make_shared<const evaluator::Ratings>(std::move(added->all));
}

Exit write_sheet(const store::Store& store, const record::Run& run, const record::Suite& suite,
                 const Options& options) {
  const auto rows = write_rating_sheet(store, run, suite, options.sheet, options.blind);
  if (!rows) return failed(rows.error());
  say(
      fmt::format("{} rows to rate in {}. Fill in rater and rating (pass, fail, or 0 to 1), then:\n"
                  "  assay grade {} --ratings {}",
                  *rows, options.sheet, run.id, options.sheet));
  return Exit::done;
}

Exit grade_run(const Shell& shell, const Options& options) {
  auto store = open_store_to_write(shell);
  if (!store) return failed(store.error());
  const auto id = store->find_run(options.run);
  if (!id) return failed(id.error());
  const auto run = store->run(*id);
  if (!run) return failed(run.error());
  const auto suite = suite_for(*run, options);
  if (!suite) {
    const Exit exit = failed(suite.error());
    return options.suite.empty() ? exit : Exit::usage;  // as a suite that `assay run` cannot read
  }
  if (!options.sheet.empty()) return write_sheet(*store, *run, *suite, options);
  const auto least = fail_under_from(options.fail_under);
  if (!least) return failed(least.error());
  auto sandbox = sandbox_for(*suite, options.sandbox);
  if (!sandbox) return failed(sandbox.error());
  auto judges = judges_for(*suite);
  if (!judges) return failed(judges.error());
  auto ratings = ratings_for(*store, *run, *suite, options);
  if (!ratings) return failed(ratings.error());
  const auto grader =
      evaluator::Grader::make(*suite, std::move(*sandbox), std::move(*judges), nullptr, std::move(*ratings));
  if (!grader) return failed(grader.error());
  const auto regraded = grade_all(*store, *run, *suite, *grader);
  if (!regraded) return failed(regraded.error());
  const auto summary = summarise(*store, *run, *suite);
  if (!summary) return failed(summary.error());
  print(render_summary(*summary, shell.json ? "json" : "table"));
  say_changes(*run, *regraded);
  return check_accuracy(*summary, *least);
}

}  // namespace

void add_grade(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command.add_option("run", options->run, "Run: the beginning of its id, its label, or 'last'")
      ->capture_default_str();
  command
      .add_option("--suite", options->suite,
                  "Judge by this suite file instead of the one that the run was made with")
      ->type_name("FILE");
  CLI::Option* ratings = command
                             .add_option("--ratings", options->ratings,
                                         "What people say of the answers, for checks of the type human: a "
                                         ".csv file, or JSON lines")
                             ->type_name("FILE");
  CLI::Option* sheet = command
                           .add_option("--rating-sheet", options->sheet,
                                       "Write the answers that people are asked about to this .csv or "
                                       ".jsonl file, and grade nothing")
                           ->type_name("FILE");
  command.add_flag("--blind", options->blind, "A sheet that does not tell the model")->needs(sheet);
  sheet->excludes(ratings);
  add_grading_option(command, options->grading);
  add_fail_under_option(command, options->fail_under);
  add_sandbox_options(command, options->sandbox);
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay grade last                      with this version's evaluators\n"
      "  assay grade last --suite fixed.yaml   with corrected expectations\n"
      "  assay grade last --rating-sheet answers.csv --blind\n"
      "  assay grade last --ratings answers.csv\n"
      "  assay grade last --grading assay      a Benchy suite by assay's rules, and what changes");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return grade_run(shell, *options); }; });
}

}  // namespace assay::cli
