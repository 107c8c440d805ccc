// assay plan: what a run would do.

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/context_warnings.h"
#include "cli/plan_json.h"
#include "cli/run_options.h"
#include "plan/describe.h"

namespace assay::cli {
namespace {

Exit plan_suite(const RunOptions& options, const Shell& shell, bool trials) {
  // `--case` here asks for the prompt of one case, which needs the whole plan.
  RunOptions all = options;
  all.cases.clear();
  const auto prepared = prepare(options.suites.front(), all, catalogue());
  if (!prepared) {
    print_errors(prepared.error());
    return Exit::usage;
  }
  print_warnings(context_warnings(prepared->plan));
  if (!options.cases.empty()) {
    for (const std::string& id : options.cases) {
      const auto& cases = prepared->suite.cases;
      const auto at =
          std::find_if(cases.begin(), cases.end(), [&](const record::Case& one) { return one.id == id; });
      if (at == cases.end())
        return failed({.code = Code::bad_input,
                       .where = {prepared->suite.path, 0, 0},
                       .found = "no case has the id '" + id + "'",
                       .expected = {},
                       .remedy = "List the ids with: assay plan SUITE --trials"});
      print(plan::describe_case(prepared->plan, prepared->suite, *at));
    }
    return Exit::done;
  }
  if (shell.json)
    print_line(dump_pretty(plan_json(*prepared)));
  else
    print(trials ? plan::list_trials(prepared->plan, prepared->suite)
                 : plan::describe(prepared->plan, prepared->suite));
  return Exit::done;
}

}  // namespace

void add_plan(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<RunOptions>();
  auto trials = std::make_shared<bool>(false);
  add_run_options(command, *options, false);
  command.add_flag("--trials", *trials, "List every trial in its order");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay plan suites/sums.yaml                what would run, counted\n"
      "  assay plan suites/sums.yaml --case ID      the exact prompt and settings of one case\n"
      "  assay plan suites/sums.yaml --trials       every trial in its order");
  command.callback([options, trials, &shell] {
    shell.action = [options, trials, &shell] { return plan_suite(*options, shell, *trials); };
  });
}

}  // namespace assay::cli
