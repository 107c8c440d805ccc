#include "stats/across_record.h"

#include <utility>

#include "base/json_members.h"

namespace assay::stats {
namespace {

/// A member that is missing is as `otherwise`; one that cannot be read spoils the record.
template <class T>
std::optional<T> member(const Json& object, const char* name, T otherwise,
                        std::optional<T> (*read)(const Json&, std::string_view)) {
  return object.contains(name) ? read(object, name) : otherwise;
}

std::optional<std::vector<std::size_t>> places_of(const Json& across, std::size_t assertions) {
  std::vector<std::size_t> places;
  if (!across.contains("checks")) return places;
  const Json* checks = list_of(across, "checks");
  if (checks == nullptr) return std::nullopt;
  for (const Json& check : *checks) {
    const auto place = whole_from(check);
    if (!place || *place >= assertions) return std::nullopt;
    places.push_back(*place);
  }
  return places;
}

/// False: it is no such record.
bool read(const Json& written, std::size_t assertions, AcrossRecord& record) {
  const Json* across = object_of(written, "across");
  if (across == nullptr) return false;
  const auto first = member(*across, "first", std::uint32_t{0}, count_of);
  const auto majority = member(*across, "majority", false, flag_of);
  auto places = places_of(*across, assertions);
  if (!first || !majority || !places) return false;
  if (const auto text = written.find("extracted"); text != written.end()) {
    if (!text->is_string()) return false;
    record.text = text->get<std::string>();
  }
  record.rule = {.first = *first, .majority = *majority};
  record.places = *std::move(places);
  return true;
}

}  // namespace

std::vector<AcrossRecord> across_records(const record::Verdict& verdict) {
  std::vector<AcrossRecord> records;
  const Json* pipelines = object_of(verdict.steps, "pipelines");
  if (pipelines == nullptr) return records;
  for (const auto& [name, written] : pipelines->items()) {
    if (!written.contains("across")) continue;
    AcrossRecord& record = records.emplace_back();
    record.pipeline = name;
    record.readable = read(written, verdict.assertions.size(), record);
    for (std::size_t i = 0; i < verdict.assertions.size() && !record.readable; ++i) {
      if (verdict.assertions[i].pipeline == name) record.places.push_back(i);
    }
  }
  return records;
}

}  // namespace assay::stats
