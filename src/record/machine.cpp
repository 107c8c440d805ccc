#include "record/machine.h"

namespace assay::record {
namespace {

template <class T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

void put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

std::string text(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

template <class T>
std::optional<T> number(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_number()) return std::nullopt;
  return at->get<T>();
}

std::optional<Bandwidth> bandwidth_from(const Json& object) {
  const auto at = object.find("bandwidth");
  if (at == object.end() || !at->is_object()) return std::nullopt;
  const auto read = number<double>(*at, "read_bytes_per_s");
  if (!read || *read <= 0) return std::nullopt;
  return Bandwidth{.read = *read,
                   .read_median = number<double>(*at, "read_median_bytes_per_s").value_or(0),
                   .triad = number<double>(*at, "triad_bytes_per_s").value_or(0),
                   .threads = number<int>(*at, "threads").value_or(0),
                   .array_bytes = number<std::uint64_t>(*at, "array_bytes").value_or(0)};
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
  if (!object.is_object()) return machine;
  machine.host = text(object, "host");
  machine.os = text(object, "os");
  machine.cpu = text(object, "cpu");
  machine.cores = number<int>(object, "cores").value_or(0);
  machine.memory_bytes = number<std::uint64_t>(object, "memory_bytes");
  machine.build = text(object, "build");
  machine.physical_cores = number<int>(object, "physical_cores");
  machine.fast_cores = number<int>(object, "fast_cores");
  machine.l1_bytes = number<std::uint64_t>(object, "l1_bytes");
  machine.l2_bytes = number<std::uint64_t>(object, "l2_bytes");
  machine.last_cache_bytes = number<std::uint64_t>(object, "last_cache_bytes");
  if (const auto at = object.find("gpus"); at != object.end() && at->is_array()) {
    for (const Json& gpu : *at)
      if (gpu.is_string()) machine.gpus.push_back(gpu.get<std::string>());
  }
  machine.governor = text(object, "governor");
  machine.power = text(object, "power");
  machine.hypervisor = text(object, "hypervisor");
  machine.load = number<double>(object, "load");
  machine.bandwidth = bandwidth_from(object);
  return machine;
}

}  // namespace assay::record
