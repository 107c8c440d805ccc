#include "cli/preflight_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "report/cells.h"
#include "report/layout.h"

namespace assay::cli {
namespace {

constexpr std::size_t kLongest = 60;

std::string ms(const std::optional<Nanos>& time) {
  if (!time) return "–";
  const double value = std::chrono::duration<double, std::milli>(*time).count();
  return fmt::format("{:.{}f}", value, value < 10 ? 2 : 0);
}

template <class Text>
void add(std::vector<report::TextColumn>& columns, const std::vector<CheckedModel>& models,
         const std::string& name, std::string unit, report::Align align, Text text) {
  report::TextColumn column{.id = name,
                            .name = name,
                            .unit = std::move(unit),
                            .align = align,
                            .cells = {},
                            .spread = {},
                            .best = {}};
  for (const CheckedModel& model : models) {
    column.cells.push_back(printable(text(model), kLongest));
    column.spread.emplace_back();
    column.best.push_back(false);
  }
  columns.push_back(std::move(column));
}

}  // namespace

std::string preflight_table(const std::vector<CheckedModel>& models, std::size_t width, bool unicode) {
  using report::Align;
  const bool servers = std::any_of(models.begin(), models.end(),
                                   [](const CheckedModel& model) { return !model.server.empty(); });
  std::vector<report::TextColumn> columns;
  add(columns, models, "model", "", Align::left, [](const CheckedModel& model) { return model.label; });
  add(columns, models, "engine", "", Align::left, [](const CheckedModel& model) { return model.engine; });
  if (servers) {
    add(columns, models, "server", "", Align::left,
        [](const CheckedModel& model) { return model.server.empty() ? "–" : model.server; });
    add(columns, models, "HTTP", "ms", Align::right,
        [](const CheckedModel& model) { return ms(model.base_latency); });
  }
  add(columns, models, "load", "ms", Align::right, [](const CheckedModel& model) { return ms(model.load); });
  add(columns, models, "checked", "", Align::left, [](const CheckedModel& model) { return model.state; });
  report::GivenUp given_up;
  std::string table =
      report::laid_out(std::move(columns), width, {.colour = false, .unicode = unicode}, given_up);
  return unicode ? table : report::to_ascii(table);
}

}  // namespace assay::cli
