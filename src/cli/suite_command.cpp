// assay suite check | show.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/run_options.h"
#include "suite/load.h"
#include "suite/model.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string grading;
  bool strict = false;
};

suite::LoadOutcome load(const std::string& path, const Options& options) {
  return suite::load_file(path, catalogue(),
                          {.grading = grading_from(options.grading), .strict = options.strict});
}

Exit check_one(const std::string& path, const Options& options) {
  const suite::LoadOutcome loaded = load(path, options);
  print_warnings(loaded.warnings);
  Errors errors = loaded.errors;
  if (loaded.suite) {
    errors = suite::missing_model_files(loaded.suite->models);
    print_warnings(suite::missing_engines(loaded.suite->models, catalogue()));
  }
  print_errors(errors);
  if (!errors.empty()) return Exit::usage;
  print_line(fmt::format("{}: ok, {} {}, {} {}", path, loaded.suite->cases.size(),
                         loaded.suite->cases.size() == 1 ? "case" : "cases", loaded.suite->models.size(),
                         loaded.suite->models.size() == 1 ? "model" : "models"));
  return Exit::done;
}

Exit show_one(const std::string& path, const Options& options) {
  const suite::LoadOutcome loaded = load(path, options);
  print_warnings(loaded.warnings);
  print_errors(loaded.errors);
  if (!loaded.suite) return Exit::usage;
  print(suite::write(*loaded.suite));
  return Exit::done;
}

void add_verb(CLI::App& command, Shell& shell, const char* name, const char* help,
              Exit (*act)(const std::string&, const Options&)) {
  CLI::App* verb = command.add_subcommand(name, help);
  auto options = std::make_shared<Options>();
  verb->add_option("suite", options->paths, "Suite file")->required();
  add_grading_option(*verb, options->grading);
  verb->add_flag("--strict", options->strict, "In a Benchy suite: what Benchy refuses is an error too");
  verb->callback([options, act, &shell] {
    shell.action = [options, act] {
      Exit exit = Exit::done;
      for (const std::string& path : options->paths) {
        if (act(path, *options) != Exit::done) exit = Exit::usage;
      }
      return exit;
    };
  });
}

}  // namespace

void add_suite(CLI::App& command, Shell& shell) {
  command.require_subcommand(1);
  // Before the commands below it, which show the same examples.
  command.footer(
      "Examples:\n"
      "  assay suite check my.yaml                 every mistake, with line and column\n"
      "  assay suite show suites/sums.yaml         what it means, written out\n"
      "  assay suite check --strict theirs.yaml    a Benchy suite, as strictly as Benchy reads it");
  add_verb(command, shell, "check",
           "Every mistake of the file, with its line and column; exit code 2 when there is one", check_one);
  add_verb(command, shell, "show", "The suite as assay understands it: defaults and cases written out",
           show_one);
}

}  // namespace assay::cli
