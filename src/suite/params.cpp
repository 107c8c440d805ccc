#include "suite/params.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "record/param_names.h"
#include "suite/files.h"

namespace assay::suite {
namespace {

constexpr std::size_t kMaxValues = 10'000;  // of one axis; a typing mistake, not a plan

const record::ParamSpec* known_param(Reader& reader, Node key) {
  const record::ParamSpec* spec = record::find_param(key.text());
  if (spec != nullptr) return spec;
  std::vector<std::string> names;
  for (const record::ParamSpec& entry : record::param_table()) names.emplace_back(entry.name);
  const std::string meant = record::meant_param(key.text());
  reader.error(key.where(), fmt::format("unknown parameter '{}'", printable(key.text(), 60)),
               "one of: " + join(names, ", "),
               meant.empty() ? std::string{} : fmt::format("Did you mean '{}'?", meant));
  return nullptr;
}

std::optional<Json> param_value(Reader& reader, const record::ParamSpec& spec, Node node) {
  const bool may_be_file = spec.kind == record::ParamKind::text || spec.kind == record::ParamKind::json;
  Json given = json_of(node);
  if (may_be_file && is_file_reference(node)) {
    const std::optional<record::Value> content = read_referenced(reader, node);
    if (!content) return std::nullopt;
    given = record::to_json(*content);
  }
  Result<Json> value = record::checked_param(spec, given);
  if (value) return *std::move(value);
  reader.error_at(node.where(), value.error());
  return std::nullopt;
}

}  // namespace

record::Params read_params(Reader& reader, Node node, std::string_view what) {
  record::Params params;
  if (node.is(Kind::null) || !reader.is_mapping(node, what)) return params;
  for_each_pair(node, [&](Node key, Node item) {
    const record::ParamSpec* spec = known_param(reader, key);
    if (spec == nullptr) return;
    if (auto value = param_value(reader, *spec, item))
      params.insert_or_assign(std::string(spec->name), *std::move(value));
  });
  return params;
}

std::vector<record::SweepAxis> read_sweep(Reader& reader, Node node) {
  std::vector<record::SweepAxis> axes;
  if (node.is(Kind::null) || !reader.is_mapping(node, "sweep")) return axes;
  for_each_pair(node, [&](Node key, Node list) {
    const record::ParamSpec* spec = known_param(reader, key);
    if (spec == nullptr) return;
    if (!list.is(Kind::list) || list.count() == 0 || list.count() > kMaxValues) {
      const std::string found = list.is(Kind::list) ? fmt::format("a list of {}", list.count()) : shown(list);
      reader.error(list.where(), fmt::format("sweep of {} is {}", key.text(), found),
                   fmt::format("a list of 1 to {} values", kMaxValues),
                   fmt::format("Write: {}: [a, b]", key.text()));
      return;
    }
    record::SweepAxis axis{.param = std::string(spec->name), .values = {}};
    for_each_item(list, [&](Node item) {
      auto value = param_value(reader, *spec, item);
      if (!value) return;
      if (std::find(axis.values.begin(), axis.values.end(), *value) != axis.values.end()) {
        reader.error(item.where(),
                     fmt::format("{} {} is already in this sweep", key.text(), record::param_text(*value)),
                     "each value once", "Use repeats to run it again");
        return;
      }
      axis.values.push_back(*std::move(value));
    });
    if (!axis.values.empty()) axes.push_back(std::move(axis));
  });
  return axes;
}

}  // namespace assay::suite
