#include "store/run_codec.h"

#include "base/json_members.h"

namespace assay::store {
namespace {

using record::Cell;
using record::LoadPattern;
using record::ModelRecord;
using record::ModelSpec;

Json json(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? Json() : *at;
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
  if (const Json* params = object_of(object, "load_params"))
    speed.load_params = record::params_from_json(*params);
  speed.streams = int_of(object, "streams").value_or(1);
  speed.most = int_of(object, "most").value_or(1);
  if (const Json* measured = list_of(object, "measured")) {
    for (const Json& point : *measured)
      speed.measured.push_back({.streams = int_of(point, "streams").value_or(1),
                                .tokens_per_s = number_of(point, "tokens_per_s").value_or(0)});
  }
  return speed;
}

ModelSpec spec_from(const Json& object) {
  ModelSpec spec;
  spec.engine = text_of(object, "engine");
  spec.model = text_of(object, "model");
  spec.label = std::string(text_of(object, "label"));
  spec.url = text_of(object, "url");
  spec.start = text_of(object, "start");
  if (const Json* params = object_of(object, "params")) spec.params = record::params_from_json(*params);
  if (Result<record::Value> price = record::from_canonical(text_of(object, "price")))
    spec.price = *std::move(price);
  const Json where = json(object, "where");
  spec.where = {.file = std::string(text_of(where, "file")),
                .line = int_of(where, "line").value_or(0),
                .column = int_of(where, "column").value_or(0)};
  return spec;
}

record::BatchCheck batch_check_from(const Json& object) {
  record::BatchCheck check;
  check.cell = count_of(object, "cell").value_or(0);
  check.compared = whole_of(object, "compared").value_or(0);
  if (const Json* cases = list_of(object, "differing")) {
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
  model.engine_version = text_of(object, "engine_version");
  model.engine_build = json(object, "engine_build");
  model.facts = json(object, "facts");
  if (const Json* params = object_of(object, "load_params"))
    model.load_params = record::effective_from_json(*params);
  if (const Json* times = list_of(object, "load_times_ns")) {
    for (const Json& time : *times) {
      if (time.is_number_integer()) model.load_times.emplace_back(time.get<std::int64_t>());
    }
  }
  model.ended = text_of(object, "ended");
  model.parameters = whole_of(object, "parameters");
  model.page_cache_share = number_of(object, "page_cache_share");
  model.load_memory_bytes = whole_of(object, "load_memory_bytes");
  model.peak_memory_bytes = whole_of(object, "peak_memory_bytes");
  model.mapped_memory_bytes = whole_of(object, "mapped_memory_bytes");
  model.over_http = flag_of(object, "over_http").value_or(false);
  if (const auto latency = whole_of(object, "base_latency_ns")) model.base_latency = Nanos{*latency};
  if (const Json* checks = list_of(object, "batch_checks")) {
    for (const Json& one : *checks) model.batch_checks.push_back(batch_check_from(one));
  }
  if (const Json* speeds = list_of(object, "batch_speeds")) {
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
  load.parallel = int_of(object, "parallel").value_or(1);
  load.rate_per_s = number_of(object, "rate_per_s");
  load.measure = int_of(object, "measure");
  load.automatic = flag_of(object, "automatic").value_or(false);
  load.by_default = flag_of(object, "by_default").value_or(false);
  if (const std::string_view arrivals = text_of(object, "arrivals"); !arrivals.empty())
    load.arrivals = arrivals;
  return load;
}

Json to_json(const std::vector<Cell>& cells) {
  Json list = Json::array();
  for (const Cell& cell : cells)
    list.push_back({{"label", cell.label}, {"params", record::to_json(cell.params)}});
  return list;
}

Json options_from_json(Json value) {
  return value.is_object() || value.is_null() ? std::move(value) : Json();
}

std::vector<Cell> cells_from_json(const Json& list) {
  std::vector<Cell> cells;
  if (!list.is_array()) return cells;
  for (const Json& object : list) {
    cells.push_back({.params = record::params_from_json(json(object, "params")),
                     .label = std::string(text_of(object, "label"))});
  }
  return cells;
}

}  // namespace assay::store
