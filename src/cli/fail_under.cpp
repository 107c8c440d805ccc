#include "cli/fail_under.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/python.h"
#include "cli/shell.h"

namespace assay::cli {

void add_fail_under_option(CLI::App& command, std::string& text) {
  command
      .add_option("--fail-under", text, "Exit with 1 when a model's accuracy is below this, e.g. 0.8 or 80%")
      ->type_name("SHARE");
}

Result<std::optional<double>> fail_under_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const bool percent = text.ends_with('%');
  const std::optional<double> number = python_float(percent ? text.substr(0, text.size() - 1) : text);
  const double least = number.value_or(-1) / (percent ? 100 : 1);
  if (least >= 0 && least <= 1) return least;
  return fail({.code = Code::bad_input,
               .where = {},
               .found = "--fail-under " + text,
               .expected = "an accuracy from 0 to 1, or from 0% to 100%",
               .remedy = {}});
}

Exit check_accuracy(const stats::Summary& summary, std::optional<double> least) {
  if (!least) return Exit::done;
  Exit exit = Exit::done;
  for (const stats::SummaryRow& row : summary.rows) {
    if (row.accuracy && *row.accuracy >= *least) continue;
    const std::string name =
        row.cell_label.empty() ? row.model_label : row.model_label + " " + row.cell_label;
    const std::string has = row.accuracy ? fmt::format("accuracy {:.4g} % is below", 100 * *row.accuracy)
                                         : std::string("nothing was graded, so it does not reach");
    say(fmt::format("{}: {} {:.4g} % (--fail-under)", name, has, 100 * *least));
    exit = Exit::gate_failed;
  }
  return exit;
}

}  // namespace assay::cli
