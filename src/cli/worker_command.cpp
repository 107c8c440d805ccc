// assay worker: the environments of engines that need one of their own.

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/worker_install.h"

namespace assay::cli {
namespace {

using backend::PythonWorker;

struct InstallOptions {
  std::string name;
  std::string python = "python3";
  bool again = false;
};

Exit install(const InstallOptions& options) {
  const PythonWorker* worker = backend::find_python_worker(options.name);
  if (worker == nullptr) {
    std::vector<std::string> names;
    for (const PythonWorker& known : backend::python_workers()) names.emplace_back(known.name);
    return failed({.code = Code::bad_input,
                   .where = {},
                   .found = fmt::format("unknown worker '{}'", printable(options.name, 40)),
                   .expected = "one of: " + join(names, ", "),
                   .remedy = {}});
  }
  const auto places = backend::places_of(*worker);
  if (!places) return failed(places.error());
  if (!options.again && !backend::trouble_with(*worker, *places)) {
    print_line(fmt::format("The worker '{}' is ready: {}", worker->name, places->python));
    return Exit::done;
  }
  if (places->is_told) {
    return failed({.code = Code::conflict,
                   .where = {},
                   .found = fmt::format("{} names the Python of this worker", worker->python_variable),
                   .expected = {},
                   .remedy = "Unset it to have an environment installed"});
  }
  say(fmt::format("Installing {} into {}", worker->help, places->folder));
  say("On Linux 200 MB to 2.5 GB are fetched and 1 to 6 GB of disk used (the more with CUDA), elsewhere "
      "about");
  say("300 MB and 1 GB. It takes some minutes, once. Ctrl-C stops it and leaves nothing behind.");
  if (auto installed = install_worker(*worker, *places, options.python); !installed) {
    const Exit exit = failed(installed.error());
    return catch_interrupts() ? Exit::interrupted : exit;
  }
  print_line(fmt::format("The worker '{}' is ready: {}", worker->name, places->python));
  return Exit::done;
}

Exit list(const Shell& shell) {
  OrderedJson all = OrderedJson::array();
  for (const PythonWorker& worker : backend::python_workers()) {
    const auto places = backend::places_of(worker);
    const auto trouble =
        places ? backend::trouble_with(worker, *places) : std::optional<Error>(places.error());
    if (shell.json) {
      all.push_back({{"worker", worker.name},
                     {"ready", !trouble},
                     {"python", trouble ? Json() : Json(places->python)},
                     {"text", trouble ? sentence(*trouble) : std::string(worker.help)}});
    } else {
      print_line(fmt::format("{:<14} {}", worker.name,
                             trouble ? "not ready: " + sentence(*trouble) : "ready: " + places->python));
    }
  }
  if (shell.json) print_line(dump_pretty(all));
  return Exit::done;
}

}  // namespace

void add_worker(CLI::App& command, Shell& shell) {
  command.require_subcommand(1);
  command.footer(
      "Examples:\n"
      "  assay worker list                   which there are, and which are ready\n"
      "  assay worker install transformers   PyTorch and its friends, from the package index");
  auto options = std::make_shared<InstallOptions>();
  CLI::App* one =
      command.add_subcommand("install", "Make the Python environment of a worker, with pinned packages");
  one->add_option("worker", options->name, "Which one; see: assay worker list")->required();
  one->add_option("--python", options->python, "The Python to make it with")
      ->type_name("PROGRAM")
      ->capture_default_str();
  one->add_flag("--again", options->again, "Also when it is ready");
  one->callback([options, &shell] { shell.action = [options] { return install(*options); }; });

  CLI::App* all = command.add_subcommand("list", "The workers, and whether their environments are installed");
  add_json_option(*all, shell);
  all->callback([&shell] { shell.action = [&shell] { return list(shell); }; });
}

}  // namespace assay::cli
