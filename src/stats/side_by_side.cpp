#include "stats/side_by_side.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace assay::stats {
namespace {

/// "1", "8", "auto, 8 measured alone", "5 a second, poisson".
std::string in_flight(const record::LoadPattern& load) {
  if (load.rate_per_s) return fmt::format("{} a second, {}", *load.rate_per_s, load.arrivals);
  const std::string parallel = load.automatic ? "auto" : std::to_string(load.parallel);
  return load.measure ? fmt::format("{}, {} measured alone", parallel, *load.measure) : parallel;
}

class Changes {
 public:
  void text(std::string what, const std::string& a, const std::string& b) {
    if (a != b) list.push_back({std::move(what), a.empty() ? "–" : a, b.empty() ? "–" : b});
  }
  template <class T>
  void number(std::string what, const T& a, const T& b) {
    if (a != b) list.push_back({std::move(what), fmt::format("{}", a), fmt::format("{}", b)});
  }
  /// Members that differ, one line each.
  void members(const std::string& what, const Json& a, const Json& b) {
    std::set<std::string> names;
    for (const Json* side : {&a, &b}) {
      if (!side->is_object()) continue;
      for (const auto& [name, value] : side->items()) names.insert(name);
    }
    const auto shown = [](const Json& side, const std::string& name) {
      if (!side.is_object() || !side.contains(name)) return std::string();
      std::string value = side[name].is_string() ? side[name].get<std::string>() : dump(side[name]);
      constexpr std::size_t kMost = 60;
      return value.size() > kMost ? value.substr(0, kMost) + "…" : value;
    };
    for (const std::string& name : names) text(what + name, shown(a, name), shown(b, name));
  }
  std::vector<Change> list;
};

void machine_changes(Changes& changes, const record::Machine& a, const record::Machine& b) {
  changes.text("machine", a.host, b.host);
  changes.text("processor", a.cpu, b.cpu);
  changes.number("processors", a.cores, b.cores);
  changes.number("memory, bytes", a.memory_bytes.value_or(0), b.memory_bytes.value_or(0));
  changes.text("system", a.os, b.os);
  changes.text("build of assay", a.build, b.build);
}

void model_changes(Changes& changes, const record::ModelRecord& a, const record::ModelRecord& b) {
  const std::string of = a.spec.label == b.spec.label ? " of " + a.spec.label : std::string();
  changes.text("model", a.spec.label, b.spec.label);
  changes.text("model file or name" + of, a.spec.model, b.spec.model);
  changes.text("engine" + of, a.spec.engine, b.spec.engine);
  changes.text("engine version" + of, a.engine_version, b.engine_version);
  changes.text("address" + of, a.spec.url, b.spec.url);
  changes.number("parameters" + of, a.parameters.value_or(0), b.parameters.value_or(0));
  changes.members("engine build" + of + ": ", a.engine_build, b.engine_build);
  changes.members("setting" + of + ": ", record::to_json(a.spec.params), record::to_json(b.spec.params));
  Json loaded_a = Json::object();
  Json loaded_b = Json::object();
  for (const auto& [name, param] : a.load_params) loaded_a[name] = param.value;
  for (const auto& [name, param] : b.load_params) loaded_b[name] = param.value;
  changes.members("loaded with" + of + ": ", loaded_a, loaded_b);
  for (const char* name : {"quantisation", "file_sha256", "digest"}) {
    const auto fact = [&](const Json& facts) {
      return facts.is_object() && facts.contains(name) ? facts[name] : Json();
    };
    changes.members("", Json{{name + of, fact(a.facts)}}, Json{{name + of, fact(b.facts)}});
  }
}

}  // namespace

std::vector<ModelPair> natural_pairs(const record::Run& a, const record::Run& b) {
  std::vector<ModelPair> pairs;
  for (std::uint32_t i = 0; i < a.models.size(); ++i) {
    for (std::uint32_t j = 0; j < b.models.size(); ++j) {
      if (a.models[i].spec.label == b.models[j].spec.label) pairs.emplace_back(i, j);
    }
  }
  if (pairs.empty() && a.models.size() == 1 && b.models.size() == 1) pairs.emplace_back(0, 0);
  return pairs;
}

SideBySide::SideBySide(const record::Run& a, const record::Run& b, std::vector<ModelPair> pairs,
                       const std::string& letter)
    : a_(a), b_(b), pairs_(std::move(pairs)), merged_(a) {
  merged_.label.clear();
  merged_.models.clear();
  for (const auto& [of_a, of_b] : pairs_) {
    merged_.models.push_back(a.models[of_a]);
    merged_.models.back().spec.label = "A: " + a.models[of_a].spec.label;
    merged_.models.push_back(b.models[of_b]);
    merged_.models.back().spec.label = letter + ": " + b.models[of_b].spec.label;
  }
  if (merged_.cells.empty()) merged_.cells.emplace_back();
  for (const record::Cell& cell : b.cells) {
    const auto at = std::find_if(merged_.cells.begin(), merged_.cells.end(),
                                 [&](const record::Cell& known) { return known.label == cell.label; });
    cells_of_b_.push_back(static_cast<std::uint32_t>(at - merged_.cells.begin()));
    if (at == merged_.cells.end()) merged_.cells.push_back(cell);
  }
  merged_.repeats = std::max(a.repeats, b.repeats);
  merged_.planned = 0;  // each side may have its own cases: what is missing belongs to the runs' own tables
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> SideBySide::compared() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> models;
  for (std::uint32_t i = 0; i < pairs_.size(); ++i) models.emplace_back(2 * i, 2 * i + 1);
  return models;
}

std::optional<record::Sample> SideBySide::moved(record::Sample&& sample, bool is_b) const {
  for (std::uint32_t i = 0; i < pairs_.size(); ++i) {
    if (sample.model != (is_b ? pairs_[i].second : pairs_[i].first)) continue;
    sample.model = 2 * i + (is_b ? 1 : 0);
    if (is_b && sample.cell < cells_of_b_.size()) sample.cell = cells_of_b_[sample.cell];
    return std::move(sample);
  }
  return std::nullopt;
}

std::optional<record::Sample> SideBySide::of_a(record::Sample&& sample) const {
  return moved(std::move(sample), false);
}

std::optional<record::Sample> SideBySide::of_b(record::Sample&& sample) const {
  return moved(std::move(sample), true);
}

std::vector<Change> SideBySide::changes() const {
  Changes changes;
  changes.text("state", std::string(record::name_of(a_.state)), std::string(record::name_of(b_.state)));
  changes.text("suite", a_.suite_name, b_.suite_name);
  changes.text("suite file", a_.suite_sha256.substr(0, 12), b_.suite_sha256.substr(0, 12));
  machine_changes(changes, a_.machine, b_.machine);
  changes.text("assay", a_.assay_version, b_.assay_version);
  changes.number("repeats", a_.repeats, b_.repeats);
  changes.text("requests in flight", in_flight(a_.load), in_flight(b_.load));
  changes.members("option ", a_.options, b_.options);
  for (const auto& [of_a, of_b] : pairs_) model_changes(changes, a_.models[of_a], b_.models[of_b]);
  return changes.list;
}

}  // namespace assay::stats
