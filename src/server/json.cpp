#include "server/json.h"

#include "base/clock.h"

namespace assay::server {
namespace {

OrderedJson mib_or_null(const std::optional<std::uint64_t>& bytes) {
  constexpr double kMiB = 1U << 20U;
  return bytes ? OrderedJson(static_cast<double>(*bytes) / kMiB) : OrderedJson(nullptr);
}

OrderedJson model_json(const record::ModelRecord& model, std::size_t index) {
  OrderedJson json{{"index", index},
                   {"label", model.spec.label},
                   {"engine", model.spec.engine},
                   {"model", model.spec.model}};
  json["url"] = text_or_null(model.spec.url);
  json["engine_version"] = text_or_null(model.engine_version);
  json["engine_build"] = OrderedJson(model.engine_build);
  json["facts"] = OrderedJson(model.facts);
  json["parameters"] = or_null(model.parameters);
  json["params"] = OrderedJson(record::to_json(model.spec.params));
  json["load_params"] = OrderedJson(record::to_json(model.load_params));
  json["load_ms"] = OrderedJson::array();
  for (const Nanos load : model.load_times) json["load_ms"].push_back(ms_or_null(load));
  json["page_cache_share"] = or_null(model.page_cache_share);
  json["load_memory_mib"] = mib_or_null(model.load_memory_bytes);
  json["peak_memory_mib"] = mib_or_null(model.peak_memory_bytes);
  json["over_http"] = model.over_http;
  json["base_latency_ms"] = ms_or_null(model.base_latency);
  json["price"] = OrderedJson(record::to_json(model.spec.price));
  json["ended"] = text_or_null(model.ended);
  return json;
}

}  // namespace

OrderedJson ms_or_null(const std::optional<Nanos>& time) {
  constexpr double kMs = 1e6;
  return time ? OrderedJson(static_cast<double>(time->count()) / kMs) : OrderedJson(nullptr);
}

OrderedJson mark_or_null(const record::Verdict* verdict) {
  return verdict != nullptr ? OrderedJson(record::name_of(verdict->mark)) : OrderedJson(nullptr);
}

OrderedJson machine_json(const record::Machine& machine) {
  return {{"host", machine.host},
          {"os", machine.os},
          {"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", or_null(machine.memory_bytes)},
          {"build", machine.build}};
}

bool is_imported(const record::Run& run) {
  return record::kind_of(run.options) == record::RunKind::report;
}

OrderedJson cells_json(const record::Run& run) {
  OrderedJson cells = OrderedJson::array();
  for (const record::Cell& cell : run.cells)
    cells.push_back(
        {{"label", text_or_null(cell.label)}, {"params", OrderedJson(record::to_json(cell.params))}});
  return cells;
}

OrderedJson run_json(const record::Run& run, std::uint64_t stored, const std::vector<store::Layer>& layers,
                     bool here) {
  OrderedJson json{{"id", run.id},
                   {"label", run.label},
                   {"state", record::name_of(run.state)},
                   {"kind", record::name_of(record::kind_of(run.options))},
                   {"suite", run.suite_name},
                   {"suite_path", run.suite_path},
                   {"suite_sha256", run.suite_sha256},
                   {"suite_text", run.suite_text},
                   {"cells", cells_json(run)},
                   {"models", OrderedJson::array()}};
  for (std::size_t i = 0; i < run.models.size(); ++i) json["models"].push_back(model_json(run.models[i], i));
  json["seed"] = run.seed;
  json["repeats"] = run.repeats;
  json["load"] = {{"parallel", run.load.parallel},
                  {"rate_per_s", or_null(run.load.rate_per_s)},
                  {"arrivals", run.load.arrivals}};
  json["planned"] = run.planned;
  json["stored"] = stored;
  json["started"] = rfc3339(run.started_wall);
  json["ended"] = run.ended_wall ? OrderedJson(rfc3339(*run.ended_wall)) : OrderedJson(nullptr);
  json["assay_version"] = run.assay_version;
  json["options"] = OrderedJson(run.options);
  json["layers"] = OrderedJson::array();
  for (const store::Layer& layer : layers)
    json["layers"].push_back(
        {{"id", layer.id}, {"created", rfc3339(layer.created)}, {"grading", layer.grading}});
  json["imported"] = is_imported(run);
  json["here"] = here;
  return json;
}

}  // namespace assay::server
