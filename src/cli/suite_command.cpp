// assay suite check | show.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/catalogue.h"
#include "cli/commands.h"
#include "suite/load.h"
#include "suite/model.h"
#include "suite/write.h"

namespace assay::cli {
namespace {

Exit check_one(const std::string& path) {
  const suite::LoadOutcome loaded = suite::load_file(path, catalogue());
  print_warnings(loaded.warnings);
  Errors errors = loaded.errors;
  if (loaded.suite) errors = suite::missing_model_files(loaded.suite->models);
  print_errors(errors);
  if (!errors.empty()) return Exit::usage;
  print_line(fmt::format("{}: ok, {} {}, {} {}", path, loaded.suite->cases.size(),
                         loaded.suite->cases.size() == 1 ? "case" : "cases", loaded.suite->models.size(),
                         loaded.suite->models.size() == 1 ? "model" : "models"));
  return Exit::done;
}

Exit show_one(const std::string& path) {
  const suite::LoadOutcome loaded = suite::load_file(path, catalogue());
  print_warnings(loaded.warnings);
  print_errors(loaded.errors);
  if (!loaded.suite) return Exit::usage;
  print(suite::write(*loaded.suite));
  return Exit::done;
}

void add_verb(CLI::App& command, Shell& shell, const char* name, const char* help,
              Exit (*act)(const std::string&)) {
  CLI::App* verb = command.add_subcommand(name, help);
  auto paths = std::make_shared<std::vector<std::string>>();
  verb->add_option("suite", *paths, "Suite file")->required();
  verb->callback([paths, act, &shell] {
    shell.action = [paths, act] {
      Exit exit = Exit::done;
      for (const std::string& path : *paths) {
        if (act(path) != Exit::done) exit = Exit::usage;
      }
      return exit;
    };
  });
}

}  // namespace

void add_suite(CLI::App& command, Shell& shell) {
  command.require_subcommand(1);
  add_verb(command, shell, "check",
           "Every mistake of the file, with its line and column; exit code 2 when there is one", check_one);
  add_verb(command, shell, "show", "The suite as assay understands it: defaults and cases written out",
           show_one);
  command.footer("Examples:\n  assay suite check my.yaml\n  assay suite show suites/sums.yaml");
}

}  // namespace assay::cli
