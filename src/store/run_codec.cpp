#include "store/run_codec.h"

#include <limits>

namespace assay::store {
namespace {

using record::Cell;
using record::LoadPattern;
using record::ModelRecord;
using record::ModelSpec;

const Json* find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

std::string text(const Json& object, const char* key) {
  const Json* value = find(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

int small(const Json& object, const char* key, int otherwise) {
  const Json* value = find(object, key);
  return value != nullptr && value->is_number() ? value->get<int>() : otherwise;
}

std::optional<double> real(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::optional<std::uint64_t> whole(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<std::uint64_t>();
}

Json json(const Json& object, const char* key) {
  const Json* value = find(object, key);
  return value == nullptr ? Json() : *value;
}

template <class T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

Json spec_json(const ModelSpec& spec) {
  return {{"engine", spec.engine},
          {"model", spec.model},
          {"label", spec.label},
          {"url", spec.url},
          {"start", spec.start},
          {"params", record::to_json(spec.params)},
          {"price", record::canonical(spec.price)},
          {"where", {{"file", spec.where.file}, {"line", spec.where.line}, {"column", spec.where.column}}}};
}

Json speed_json(const record::BatchSpeed& speed) {
  Json measured = Json::array();
  for (const record::BatchSpeed::Point& point : speed.measured)
    measured.push_back({{"streams", point.streams}, {"tokens_per_s", point.tokens_per_s}});
  return {{"load_params", record::to_json(speed.load_params)},
          {"streams", speed.streams},
          {"most", speed.most},
          {"measured", std::move(measured)}};
}

record::BatchSpeed speed_from(const Json& object) {
  record::BatchSpeed speed;
  if (const Json* params = find(object, "load_params")) speed.load_params = record::params_from_json(*params);
  speed.streams = small(object, "streams", 1);
  speed.most = small(object, "most", 1);
  if (const Json* measured = find(object, "measured"); measured != nullptr && measured->is_array()) {
    for (const Json& point : *measured)
      speed.measured.push_back(
          {.streams = small(point, "streams", 1), .tokens_per_s = real(point, "tokens_per_s").value_or(0)});
  }
  return speed;
}

ModelSpec spec_from(const Json& object) {
  ModelSpec spec;
  spec.engine = text(object, "engine");
  spec.model = text(object, "model");
  spec.label = text(object, "label");
  spec.url = text(object, "url");
  spec.start = text(object, "start");
  if (const Json* params = find(object, "params")) spec.params = record::params_from_json(*params);
  if (Result<record::Value> price = record::from_canonical(text(object, "price")))
    spec.price = *std::move(price);
  const Json where = json(object, "where");
  spec.where = {
      .file = text(where, "file"), .line = small(where, "line", 0), .column = small(where, "column", 0)};
  return spec;
}

record::BatchCheck batch_check_from(const Json& object) {
  record::BatchCheck check;
  check.cell = static_cast<std::uint32_t>(small(object, "cell", 0));
  check.compared = whole(object, "compared").value_or(0);
  if (const Json* cases = find(object, "differing"); cases != nullptr && cases->is_array()) {
    for (const Json& one : *cases)
      if (one.is_string()) check.differing.push_back(one.get<std::string>());
  }
  return check;
}

}  // namespace

Json to_json(const ModelRecord& model) {
  Json load_times = Json::array();
  for (const Nanos time : model.load_times) load_times.push_back(time.count());
  Json object{{"spec", spec_json(model.spec)},
              {"engine_version", model.engine_version},
              {"engine_build", model.engine_build},
              {"facts", model.facts},
              {"load_params", record::to_json(model.load_params)},
              {"load_times_ns", std::move(load_times)},
              {"ended", model.ended}};
  put(object, "parameters", model.parameters);
  put(object, "page_cache_share", model.page_cache_share);
  put(object, "load_memory_bytes", model.load_memory_bytes);
  put(object, "peak_memory_bytes", model.peak_memory_bytes);
  put(object, "mapped_memory_bytes", model.mapped_memory_bytes);
  if (model.over_http) object["over_http"] = true;
  if (model.base_latency) object["base_latency_ns"] = model.base_latency->count();
  if (!model.batch_checks.empty()) object["batch_checks"] = Json::array();
  for (const record::BatchCheck& check : model.batch_checks)
    object["batch_checks"].push_back(
        {{"cell", check.cell}, {"compared", check.compared}, {"differing", check.differing}});
  if (!model.batch_speeds.empty()) object["batch_speeds"] = Json::array();
  for (const record::BatchSpeed& speed : model.batch_speeds)
    object["batch_speeds"].push_back(speed_json(speed));
  return object;
}

ModelRecord model_from_json(const Json& object) {
  ModelRecord model;
  model.spec = spec_from(json(object, "spec"));
  model.engine_version = text(object, "engine_version");
  model.engine_build = json(object, "engine_build");
  model.facts = json(object, "facts");
  if (const Json* params = find(object, "load_params"))
    model.load_params = record::effective_from_json(*params);
  if (const Json* times = find(object, "load_times_ns"); times != nullptr && times->is_array()) {
    for (const Json& time : *times) {
      if (time.is_number_integer()) model.load_times.emplace_back(time.get<std::int64_t>());
    }
  }
  model.ended = text(object, "ended");
  model.parameters = whole(object, "parameters");
  model.page_cache_share = real(object, "page_cache_share");
  model.load_memory_bytes = whole(object, "load_memory_bytes");
  model.peak_memory_bytes = whole(object, "peak_memory_bytes");
  model.mapped_memory_bytes = whole(object, "mapped_memory_bytes");
  const Json over_http = json(object, "over_http");
  model.over_http = over_http.is_boolean() && over_http.get<bool>();
  if (const auto latency = whole(object, "base_latency_ns")) model.base_latency = Nanos{*latency};
  if (const Json* checks = find(object, "batch_checks"); checks != nullptr && checks->is_array()) {
    for (const Json& one : *checks) model.batch_checks.push_back(batch_check_from(one));
  }
  if (const Json* speeds = find(object, "batch_speeds"); speeds != nullptr && speeds->is_array()) {
    for (const Json& one : *speeds) model.batch_speeds.push_back(speed_from(one));
  }
  return model;
}

Json to_json(const LoadPattern& load) {
  Json object{{"parallel", load.parallel}, {"arrivals", load.arrivals}};
  put(object, "rate_per_s", load.rate_per_s);
  put(object, "measure", load.measure);
  if (load.automatic) object["automatic"] = true;
  if (load.by_default) object["by_default"] = true;
  return object;
}

LoadPattern load_from_json(const Json& object) {
  LoadPattern load;
  load.parallel = small(object, "parallel", 1);
  load.rate_per_s = real(object, "rate_per_s");
  if (find(object, "measure") != nullptr) load.measure = small(object, "measure", 0);
  load.automatic = find(object, "automatic") != nullptr;
  load.by_default = find(object, "by_default") != nullptr;
  if (find(object, "arrivals") != nullptr) load.arrivals = text(object, "arrivals");
  return load;
}

Json to_json(const std::vector<Cell>& cells) {
  Json list = Json::array();
  for (const Cell& cell : cells)
    list.push_back({{"label", cell.label}, {"params", record::to_json(cell.params)}});
  return list;
}

std::vector<Cell> cells_from_json(const Json& list) {
  std::vector<Cell> cells;
  if (!list.is_array()) return cells;
  for (const Json& object : list) {
    cells.push_back(
        {.params = record::params_from_json(json(object, "params")), .label = text(object, "label")});
  }
  return cells;
}

}  // namespace assay::store
