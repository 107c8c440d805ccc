// assay samples: every raw fact of a run.

#include <cstdio>
#include <functional>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_checks.h"
#include "cli/run_choice.h"
#include "cli/summarise.h"
#include "report/sample_csv.h"
#include "report/sample_line.h"
#include "report/sample_text.h"

namespace assay::cli {
namespace {

struct SampleOptions {
  RunChoice run;
  std::string case_id;
  std::string model;
  std::uint64_t limit = 0;
  bool csv = false;
};

Result<store::SampleFilter> filter_of(const SampleOptions& options, const record::Run& run) {
  store::SampleFilter filter;
  if (!options.case_id.empty()) filter.case_id = options.case_id;
  filter.limit = options.limit;
  if (options.model.empty()) return filter;
  std::vector<std::string> labels;
  for (std::uint32_t i = 0; i < run.models.size(); ++i) {
    labels.push_back(run.models[i].spec.label);
    if (labels.back() == options.model) filter.model = i;
  }
  if (filter.model) return filter;
  return fail({.code = Code::bad_input,
               .where = {},
               .found = "the run has no model '" + options.model + "'",
               .expected = "one of: " + join(labels, ", "),
               .remedy = {}});
}

/// How a sample is written.
using Written =
    std::function<void(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict)>;

Result<Written> writing(const Shell& shell, const SampleOptions& options, const OpenedRun& opened) {
  if (shell.json) {
    return [](const record::Run& run, const record::Sample& sample, const record::Verdict* verdict) {
      print_line(dump(report::sample_line(run, sample, verdict)));
    };
  }
  if (options.csv) {
    auto sandbox = sandbox_of(opened.store, opened.run, std::nullopt);
    if (!sandbox) return fail(sandbox.error());
    print(report::sample_csv_header());
    return [kept = std::move(*sandbox)](const record::Run& run, const record::Sample& sample,
                                        const record::Verdict* verdict) {
      print(report::sample_csv_row(run, sample, verdict, kept));
    };
  }
  if (!options.case_id.empty()) {
    return [](const record::Run& run, const record::Sample& sample, const record::Verdict* verdict) {
      print(report::sample_page(run, sample, verdict));
    };
  }
  return [](const record::Run& run, const record::Sample& sample, const record::Verdict* verdict) {
    print_line(report::sample_row(run, sample, verdict, static_cast<std::size_t>(terminal_width())));
  };
}

/// Nothing fits: a case that is not there is a mistake, a run without samples is none.
Exit none_shown(const SampleOptions& options, const record::Run& run) {
  if (!options.case_id.empty())
    return failed(
        {.code = Code::not_found,
         .where = {},
         .found = fmt::format("run {} has no sample of a case '{}'{}", run.id, printable(options.case_id, 60),
                              options.model.empty() ? "" : " by that model"),
         .expected = "the id of a case that was asked",
         .remedy = fmt::format("assay samples {} lists them", run.id)});
  say(record::kind_of(run.options) == record::RunKind::bench
          ? fmt::format("This run is a bench and has no samples; its table: assay show {}", run.id)
          : "No samples.");
  return Exit::done;
}

Exit show_samples(const Shell& shell, const SampleOptions& options) {
  const auto opened = open_run(shell, options.run);
  if (!opened) return failed(opened.error());
  const auto filter = filter_of(options, opened->run);
  if (!filter) return failed(filter.error());
  const auto write = writing(shell, options, *opened);
  if (!write) return failed(write.error());
  std::uint64_t shown = 0;
  const auto read = opened->store.for_each_graded(
      opened->run.id, std::nullopt, *filter, [&](record::Sample&& sample, const record::Verdict* verdict) {
        (*write)(opened->run, sample, verdict);
        ++shown;
        return std::ferror(stdout) == 0;  // a closed pipe (| head) ends the walk
      });
  if (!read) return failed(read.error());
  if (shown == 0) return none_shown(options, opened->run);
  if (!shell.json && !options.csv && options.case_id.empty())
    say("\nOne sample with its prompt, answer and verdict: add --case ID    Everything: --json");
  return Exit::done;
}

}  // namespace

void add_samples(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<SampleOptions>();
  add_run_argument(command, options->run);
  command.add_option("--case", options->case_id, "Only this case, each sample in full")->type_name("ID");
  command.add_option("--model", options->model, "Only the model with this label")->type_name("LABEL");
  command.add_option("--limit", options->limit, "At most so many; 0 is all")
      ->type_name("COUNT")
      ->check(whole_number())
      ->capture_default_str();
  add_json_option(command, shell);
  command.add_flag("--csv", options->csv, "Print CSV, a row for each sample, instead of a table")
      ->excludes("--json");
  command.footer(
      "Examples:\n"
      "  assay samples last                    one line for each sample\n"
      "  assay samples last --case ID          prompt, answer, times and verdict in full\n"
      "  assay samples last --json | jq .raw   every fact, one JSON object a line\n"
      "  assay samples last --csv > s.csv      for a spreadsheet; every column is text or a number");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return show_samples(shell, *options); }; });
}

}  // namespace assay::cli
