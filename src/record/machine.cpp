#include "record/machine.h"

#include "base/json_members.h"

namespace assay::record {
namespace {

template <class T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

void put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

std::optional<Bandwidth> bandwidth_from(const Json& object) {
  const Json* told = object_of(object, "bandwidth");
  if (told == nullptr) return std::nullopt;
  const auto read = number_of(*told, "read_bytes_per_s");
  if (!read || *read <= 0) return std::nullopt;
  return Bandwidth{.read = *read,
                   .read_median = number_of(*told, "read_median_bytes_per_s").value_or(0),
                   .triad = number_of(*told, "triad_bytes_per_s").value_or(0),
                   .threads = int_of(*told, "threads").value_or(0),
                   .array_bytes = whole_of(*told, "array_bytes").value_or(0)};
}

Json json_of(const Card& card) {
  Json object{{"name", card.name}, {"shares_memory", card.shares_memory}};
  put(object, "memory_bytes", card.memory_bytes);
  put(object, "free_bytes", card.free_bytes);
  return object;
}

std::vector<Card> cards_from(const Json& object) {
  std::vector<Card> cards;
  const Json* list = list_of(object, "cards");
  if (list == nullptr) return cards;
  for (const Json& one : *list) {
    if (!one.is_object()) continue;
    cards.push_back({.name = std::string(text_of(one, "name")),
                     .memory_bytes = whole_of(one, "memory_bytes"),
                     .free_bytes = whole_of(one, "free_bytes"),
                     .shares_memory = flag_of(one, "shares_memory").value_or(false)});
  }
  return cards;
}

}  // namespace

Json to_json(const Machine& machine) {
  Json object{{"host", machine.host},
              {"os", machine.os},
              {"cpu", machine.cpu},
              {"cores", machine.cores},
              {"build", machine.build}};
  put(object, "memory_bytes", machine.memory_bytes);
  put(object, "physical_cores", machine.physical_cores);
  put(object, "fast_cores", machine.fast_cores);
  put(object, "l1_bytes", machine.l1_bytes);
  put(object, "l2_bytes", machine.l2_bytes);
  put(object, "last_cache_bytes", machine.last_cache_bytes);
  if (!machine.gpus.empty()) object["gpus"] = machine.gpus;
  for (const Card& card : machine.cards) object["cards"].push_back(json_of(card));
  put(object, "governor", machine.governor);
  put(object, "power", machine.power);
  put(object, "hypervisor", machine.hypervisor);
  put(object, "load", machine.load);
  if (machine.bandwidth)
    object["bandwidth"] = {{"read_bytes_per_s", machine.bandwidth->read},
                           {"read_median_bytes_per_s", machine.bandwidth->read_median},
                           {"triad_bytes_per_s", machine.bandwidth->triad},
                           {"threads", machine.bandwidth->threads},
                           {"array_bytes", machine.bandwidth->array_bytes}};
  return object;
}

Machine machine_from_json(const Json& object) {
  Machine machine;
  machine.host = text_of(object, "host");
  machine.os = text_of(object, "os");
  machine.cpu = text_of(object, "cpu");
  machine.cores = int_of(object, "cores").value_or(0);
  machine.memory_bytes = whole_of(object, "memory_bytes");
  machine.build = text_of(object, "build");
  machine.physical_cores = int_of(object, "physical_cores");
  machine.fast_cores = int_of(object, "fast_cores");
  machine.l1_bytes = whole_of(object, "l1_bytes");
  machine.l2_bytes = whole_of(object, "l2_bytes");
  machine.last_cache_bytes = whole_of(object, "last_cache_bytes");
  if (const Json* gpus = list_of(object, "gpus")) {
    for (const Json& gpu : *gpus)
      if (gpu.is_string()) machine.gpus.push_back(gpu.get<std::string>());
  }
  machine.cards = cards_from(object);
  machine.governor = text_of(object, "governor");
  machine.power = text_of(object, "power");
  machine.hypervisor = text_of(object, "hypervisor");
  machine.load = number_of(object, "load");
  machine.bandwidth = bandwidth_from(object);
  return machine;
}

}  // namespace assay::record
