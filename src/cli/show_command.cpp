// assay show and assay report: the summary of a stored run, on the terminal or as a document.

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/bench_show.h"
#include "cli/benchy_report.h"
#include "cli/commands.h"
#include "cli/document.h"
#include "cli/render.h"
#include "cli/run_choice.h"
#include "report/report.h"

namespace assay::cli {
namespace {

Exit show_run(const Shell& shell, const RunChoice& choice) {
  const auto opened = open_run(shell, choice);
  if (!opened) return failed(opened.error());
  const auto bench = stored_bench(opened->store, opened->run.id);
  if (!bench) return failed(bench.error());
  if (*bench) {
    print(render_bench(**bench, shell.json ? "json" : "table"));
    return Exit::done;
  }
  const auto summary = shown_summary(opened->store, opened->run);
  if (!summary) return failed(summary.error());
  print(render_summary(*summary, shell.json ? "json" : "table"));
  return Exit::done;
}

Result<std::string> rendered(const Shell& shell, const RunChoice& choice, const std::string& format) {
  const auto opened = open_run(shell, choice);
  if (!opened) return fail(opened.error());
  return document(opened->store, opened->run, format);
}

Exit report_run(const Shell& shell, const RunChoice& choice, const std::string& format,
                const std::string& output) {
  if (format == kBenchy) return report_benchy(shell, choice, output);
  const auto bytes = rendered(shell, choice, format);
  if (!bytes) return failed(bytes.error());
  if (output.empty()) {
    print(*bytes);
    return Exit::done;
  }
  if (auto written = write_file(output, *bytes); !written) return failed(written.error());
  say("Written: " + output);
  return Exit::done;
}

}  // namespace

void add_show(CLI::App& command, Shell& shell) {
  auto choice = std::make_shared<RunChoice>();
  add_run_argument(command, *choice);
  add_json_option(command, shell);
  command.footer(
      "Examples:\n  assay show              the last run\n  assay show 1k2p --json  another, as JSON");
  command.callback(
      [choice, &shell] { shell.action = [choice, &shell] { return show_run(shell, *choice); }; });
}

void add_report(CLI::App& command, Shell& shell) {
  struct Options {
    RunChoice run;
    std::string format = "md";
    std::string output;
  };
  auto options = std::make_shared<Options>();
  add_run_argument(command, options->run);
  std::vector<std::string> formats;
  for (const report::Format& format : report::formats()) formats.emplace_back(format.name);
  formats.emplace_back(kJUnit);
  formats.emplace_back(kBenchy);
  command.add_option("-f,--format", options->format, "Which kind of document")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
  command
      .add_option("-o,--output", options->output,
                  "File to write instead of standard output; with benchy also a folder")
      ->type_name("FILE");
  command.footer(
      "Examples:\n  assay report last -f md -o result.md\n  assay report last -f csv > result.csv\n"
      "  assay report last -f benchy -o reports/");
  command.callback([options, &shell] {
    shell.action = [options, &shell] {
      return report_run(shell, options->run, options->format, options->output);
    };
  });
}

}  // namespace assay::cli
