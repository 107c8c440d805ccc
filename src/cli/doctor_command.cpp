// assay doctor: what is ready on this machine, what is not, and what to do.

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/table.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/sandbox_choice.h"
#include "evaluator/python_cheats.h"
#include "meter/machine.h"
#include "sandbox/containment.h"

namespace assay::cli {
namespace {

struct Finding {
  std::string what;
  bool ready = true;
  std::string text;
  bool wanted = true;  ///< false: nobody missed it, such as a server that does not run
};

Finding store_finding(const Shell& shell) {
  const auto path = store_path(shell);
  if (!path) return {"store", false, sentence(path.error())};
  if (!file_exists(*path)) return {"store", true, *path + " (made by the first run)"};
  const auto store = store::Store::open(*path, store::Mode::read_only);
  if (!store) return {"store", false, sentence(store.error())};
  const auto runs = store->runs();
  return {"store", runs.has_value(),
          runs ? fmt::format("{}, {} runs", *path, runs->size()) : sentence(runs.error())};
}

/// One line for the sandbox, and one for each threat that it must hold.
void add_sandbox_findings(std::vector<Finding>& all, const std::string& python) {
  const auto sandbox = sandbox::make_best(sandbox_choice(python));
  if (!sandbox) {
    all.push_back({"sandbox", false, sentence(sandbox.error())});
    return;
  }
  std::vector<sandbox::Containment> rows = sandbox::self_test(**sandbox);
  for (sandbox::Containment& row : evaluator::try_cheats(*sandbox)) rows.push_back(std::move(row));
  const auto held = std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.holds; });
  const bool all_hold = static_cast<std::size_t>(held) == rows.size();
  all.push_back({"sandbox", all_hold,
                 fmt::format("{}, library {:.12}: {} of {} threats held", (*sandbox)->describe(),
                             (*sandbox)->signature().library, held, rows.size())});
  for (const sandbox::Containment& row : rows) {
    all.push_back({"containment", row.holds,
                   fmt::format("{}: {}", row.threat, row.holds ? "holds" : "does not hold: " + row.detail)});
  }
}

std::vector<Finding> findings(const Shell& shell, const std::string& python) {
  const record::Machine machine = meter::describe_machine();
  std::vector<Finding> all;
  all.push_back(
      {"machine", true,
       fmt::format("{}, {} processors{}, {}", machine.cpu.empty() ? "unknown processor" : machine.cpu,
                   machine.cores,
                   machine.memory_bytes
                       ? fmt::format(", {:.1f} GiB", static_cast<double>(*machine.memory_bytes) / (1U << 30U))
                       : "",
                   machine.os)});
  const bool debug = machine.build.find("debug") != std::string::npos ||
                     machine.build.find("sanitizers") != std::string::npos;
  all.push_back(
      {"build", !debug,
       "assay " ASSAY_VERSION ", " + machine.build +
           (debug ? ": its own overhead is not comparable; use the release preset for figures" : "")});
  all.push_back(store_finding(shell));
  for (const backend::Entry& entry : backend::table()) {
    const auto trouble = entry.probe(entry.name);
    all.push_back({fmt::format("engine {}", entry.name), !trouble,
                   trouble ? sentence(*trouble) : std::string(entry.help), !trouble || !entry.over_http});
  }
  add_sandbox_findings(all, python);
  return all;
}

Exit examine(const Shell& shell, const std::string& python) {
  const std::vector<Finding> all = findings(shell, python);
  if (shell.json) {
    OrderedJson list = OrderedJson::array();
    for (const Finding& one : all)
      list.push_back({{"what", one.what}, {"ready", one.ready}, {"text", one.text}});
    print_line(dump_pretty(OrderedJson{
        {"schema", "assay.doctor/1"}, {"assay_version", ASSAY_VERSION}, {"findings", std::move(list)}}));
    return Exit::done;
  }
  const bool colour = use_colour_on_stdout();
  for (const Finding& one : all) {
    const char* colour_of = one.ready ? "\x1b[32m" : one.wanted ? "\x1b[31m" : "\x1b[2m";
    const char* mark = one.ready ? "✓" : one.wanted ? "✗" : "–";
    print_line(fmt::format("{}{}{} {:<20} {}", colour ? colour_of : "", mark, colour ? "\x1b[0m" : "",
                           one.what, printable(one.text, 400)));
  }
  return Exit::done;
}

}  // namespace

void add_doctor(CLI::App& command, Shell& shell) {
  add_json_option(command, shell);
  auto python = std::make_shared<std::string>();
  add_python_option(command, *python);
  command.footer(
      "Examples:\n"
      "  assay doctor          engines, workers, the sandbox, the store: what is ready, and how to mend the "
      "rest\n"
      "  assay doctor --json   the same for a script");
  command.callback([&shell, python] { shell.action = [&shell, python] { return examine(shell, *python); }; });
}

}  // namespace assay::cli
