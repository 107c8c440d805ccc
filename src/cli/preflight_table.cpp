#include "cli/preflight_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/filled_columns.h"
#include "report/layout.h"

namespace assay::cli {
namespace {

std::string ms(const std::optional<Nanos>& time) {
  if (!time) return "–";
  const double value = std::chrono::duration<double, std::milli>(*time).count();
  return fmt::format("{:.{}f}", value, value < 10 ? 2 : 0);
}

}  // namespace

std::string preflight_table(const std::vector<CheckedModel>& models, std::size_t width) {
  using report::Align;
  const bool servers = std::any_of(models.begin(), models.end(),
                                   [](const CheckedModel& model) { return !model.server.empty(); });
  report::FilledColumns columns;
  for (const CheckedModel& model : models) {
    columns.put("model", "model", "", Align::left, model.label);
    columns.put("engine", "engine", "", Align::left, model.engine);
    if (servers) {
      columns.put("server", "server", "", Align::left, model.server.empty() ? "–" : model.server);
      columns.put("http", "HTTP", "ms", Align::right, ms(model.base_latency));
    }
    columns.put("load", "load", "ms", Align::right, ms(model.load));
    columns.put("checked", "checked", "", Align::left, model.state);
  }
  report::GivenUp given_up;
  return report::laid_out(columns.take(), width, {}, given_up);
}

}  // namespace assay::cli
