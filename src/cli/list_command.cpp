// assay list: the stored runs.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"

namespace assay::cli {
namespace {

OrderedJson entry_json(const store::RunEntry& entry) {
  OrderedJson json{{"run_id", entry.id},
                   {"label", entry.label},
                   {"state", record::name_of(entry.state)},
                   {"suite", entry.suite_name},
                   {"suite_path", entry.suite_path},
                   {"models", entry.models},
                   {"planned", entry.planned},
                   {"stored", entry.stored},
                   {"started", rfc3339(entry.started_wall)}};
  json["ended"] = entry.ended_wall ? OrderedJson(rfc3339(*entry.ended_wall)) : OrderedJson();
  return json;
}

Exit list_runs(const Shell& shell, std::uint32_t limit) {
  const auto store = open_store_to_read(shell);
  if (!store) return failed(store.error());
  store::RunFilter filter;
  filter.limit = limit;
  const auto runs = store->runs(filter);
  if (!runs) return failed(runs.error());
  if (shell.json) {
    OrderedJson list = OrderedJson::array();
    for (const store::RunEntry& entry : *runs) list.push_back(entry_json(entry));
    print_line(dump_pretty(OrderedJson{
        {"schema", "assay.runs/1"}, {"assay_version", ASSAY_VERSION}, {"runs", std::move(list)}}));
    return Exit::done;
  }
  if (runs->empty())
    say("No runs yet. Start with: assay run suites/sums.yaml");
  else
    print_line(fmt::format("{:<16}  {:<16}  {:<11}  {:>13}  {:<20}  {}", "RUN", "STARTED (UTC)", "STATE",
                           "SAMPLES", "SUITE", "MODELS"));
  for (const store::RunEntry& entry : *runs) {
    std::string started = rfc3339(entry.started_wall).substr(0, 16);
    started[10] = ' ';
    const std::string suite =
        printable(entry.suite_name.empty() ? file_name(entry.suite_path) : entry.suite_name, 20);
    const std::string pad(20 - std::min<std::size_t>(20, display_width(suite)), ' ');
    print_line(
        fmt::format("{:<16}  {}  {:<11}  {:>13}  {}{}  {}", entry.id, started, record::name_of(entry.state),
                    entry.planned == 0 ? std::string("-") : fmt::format("{}/{}", entry.stored, entry.planned),
                    suite, pad, printable(join(entry.models, ", "), 60)));
  }
  return Exit::done;
}

}  // namespace

void add_list(CLI::App& command, Shell& shell) {
  auto limit = std::make_shared<std::uint32_t>(20);
  command.add_option("--limit", *limit, "How many runs; 0 is all")->capture_default_str();
  add_json_option(command, shell);
  command.callback([limit, &shell] { shell.action = [limit, &shell] { return list_runs(shell, *limit); }; });
}

}  // namespace assay::cli
