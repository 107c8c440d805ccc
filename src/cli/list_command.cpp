// assay list: the stored runs.

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_checks.h"

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

std::string cell(std::string_view text, std::size_t width) {
  const std::string shown = printable(text, width);
  return shown + std::string(width - std::min(width, display_width(shown)), ' ');
}

constexpr std::size_t kSuiteWidth = 20;
constexpr std::size_t kMostLabel = 20;
constexpr std::size_t kModelsWidth = 60;

/// `label`: the width of the column of names; 0 where no run has one.
std::string row_of(const store::RunEntry& entry, std::size_t label) {
  std::string started = rfc3339(entry.started_wall).substr(0, 16);
  started[10] = ' ';
  const std::string samples =
      entry.planned == 0 ? std::string("-") : fmt::format("{}/{}", entry.stored, entry.planned);
  return fmt::format(
      "{:<16}  {}  {:<11}  {:>13}  {}{}  {}", entry.id, started, record::name_of(entry.state), samples,
      label == 0 ? "" : cell(entry.label, label) + "  ",
      cell(entry.suite_name.empty() ? file_name(entry.suite_path) : entry.suite_name, kSuiteWidth),
      printable(join(entry.models, ", "), kModelsWidth));
}

void print_table(const std::vector<store::RunEntry>& runs) {
  std::size_t label = 0;
  for (const store::RunEntry& entry : runs)
    label = std::max(label, entry.label.empty()
                                ? std::size_t{0}
                                : std::clamp<std::size_t>(display_width(entry.label), 5, kMostLabel));
  print_line(fmt::format("{:<16}  {:<16}  {:<11}  {:>13}  {}{:<20}  {}", "RUN", "STARTED (UTC)", "STATE",
                         "SAMPLES", label == 0 ? "" : cell("LABEL", label) + "  ", "SUITE", "MODELS"));
  for (const store::RunEntry& entry : runs) print_line(row_of(entry, label));
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
    print_table(*runs);
  return Exit::done;
}

}  // namespace

void add_list(CLI::App& command, Shell& shell) {
  auto limit = std::make_shared<std::uint32_t>(20);
  command.add_option("--limit", *limit, "How many runs; 0 is all")
      ->type_name("COUNT")
      ->check(whole_number())
      ->capture_default_str();
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay list               the last 20 runs, the newest first\n"
      "  assay list --limit 0     all of them");
  command.callback([limit, &shell] { shell.action = [limit, &shell] { return list_runs(shell, *limit); }; });
}

}  // namespace assay::cli
