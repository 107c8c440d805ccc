#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/bench_arguments.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/usage_error.h"

namespace assay::cli {
namespace {

struct Command {
  const char* name;
  const char* help;
  void (*add)(CLI::App& command, Shell& shell);
};

constexpr std::array kCommands{
    Command{"run", "Ask the models of a suite, grade, and show accuracy, speed and memory", add_run},
    Command{"plan", "Show what a run would do, without doing it", add_plan},
    Command{"suite", "Check a suite file, or print what it means", add_suite},
    Command{"bench", "How fast the bare engine is: llama-bench's tests, with their spread", add_bench},
    Command{"list", "List the stored runs", add_list},
    Command{"show", "Show the table of a stored run again", add_show},
    Command{"samples", "Print every sample of a run: prompt, answer, times, verdict", add_samples},
    Command{"report", "Write a stored run as Markdown, CSV, JSON, table, or for Benchy", add_report},
    Command{"import", "Keep a report of Benchy as a run, or check that it agrees with itself", add_import},
    Command{"grade", "Judge the stored answers of a run again, without any model", add_grade},
    Command{"compare", "Compare two runs, or two models, by case: what differs, and is it shown",
            add_compare},
    Command{"serve", "Show all of it in the browser: watch runs, replay, find out why", add_serve},
    Command{"models", "Model files: which are here, what is in one", add_models},
    Command{"recommend", "Which known models fit into this machine, and how fast they can be at most",
            add_recommend},
    Command{"worker", "Environments of engines that need one: install, list", add_worker},
    Command{"doctor", "Say what is ready on this machine, what is not, and what to do", add_doctor},
};

constexpr const char* kAbout =
    "assay: accuracy, speed and memory of AI models on your own machine, with numbers you can trust.\n\n"
    "Examples:\n"
    "  assay run suites/sums.yaml                  two shipped models do little sums\n"
    "  assay run my.yaml --model llama:model.gguf  your suite, your model\n"
    "  assay run my.yaml --model fake:             try a suite without any engine\n"
    "  assay samples last --json                   every raw fact of the last run";

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 a gate failed, 2 usage or suite error, 3 some trials had errors,\n"
    "4 nothing could run or be written, 130 interrupted. `assay COMMAND --help` has examples.";

/// Where a caller has closed a standard stream, the next file that is opened would become it, and be printed
/// into. What takes its place fails as a closed one does.
void keep_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

/// What CLI11 ends with instead of a command: help, the version, or a mistake.
Exit told(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0) {
    print_error(usage_error(app, error));
    return Exit::usage;
  }
  std::ostringstream text;
  app.exit(error, text, text);
  print(text.str());
  return Exit::done;
}

/// macOS lets a program open 256 files unless it asks for more, and 256 answers at once are a connection
/// each.
void ask_for_more_files() {
  constexpr rlim_t kFiles = 1024;  // what Linux gives; select() knows no more
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kFiles) return;
  files.rlim_cur = std::min(kFiles, files.rlim_max);
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files));
}

int main_of(int argc, char** argv) {
  keep_standard_streams();
  // A worker that dies makes our write fail with an error, which is data; the signal would end us.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // so does a file beyond the shell's limit, and nothing half written stays
  ask_for_more_files();
  Shell shell;
  CLI::App app(kAbout, "assay");
  app.formatter(help_formatter());
  app.set_help_flag("-h,--help", "Print this text");
  app.footer(kFooter);
  app.set_version_flag("--version", "assay " ASSAY_VERSION, "Which assay this is");
  app.add_option("--store", shell.store_path,
                 "The store's file (default: $ASSAY_STORE, else the user's data folder)")
      ->type_name("FILE");
  app.require_subcommand(1);
  app.fallthrough();
  for (const Command& command : kCommands) {
    CLI::App* added = app.add_subcommand(command.name, command.help);
    command.add(*added, shell);
  }
  auto arguments = with_long_names({argv + 1, argv + argc});
  if (!arguments) return static_cast<int>(failed(arguments.error()));
  try {
    // CLI11 wants them without the program and from the last to the first.
    std::reverse(arguments->begin(), arguments->end());
    app.parse(std::move(*arguments));
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(flushed(told(app, error)));
  }
  return static_cast<int>(flushed(shell.action ? shell.action() : Exit::usage));
}

}  // namespace
}  // namespace assay::cli

int main(int argc, char** argv) {
  return assay::cli::main_of(argc, argv);
}
