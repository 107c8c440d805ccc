#include "record/bench.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace assay::record {
namespace {

constexpr std::array<std::string_view, 4> kPaths{"engine", "sampling", "chat", "http"};
constexpr std::array<std::string_view, 6> kEnds{"running", "precise",     "count",
                                                "time",    "interrupted", "failed"};

Json to_json(const BenchModel& model) {
  return {{"path", model.path},
          {"label", model.label},
          {"type", model.type},
          {"bytes", model.bytes},
          {"parameters", model.parameters},
          {"bytes_per_token", or_null<Json>(model.bytes_per_token)},
          {"engine_version", model.engine_version},
          {"engine_build", model.engine_build},
          {"backend", model.backend}};
}

Json to_json(const BenchRow& row) {
  const BenchTest& test = row.test;
  Json json{{"name", name_of(test)},
            {"model", row.model},
            {"path", name_of(test.path)},
            {"n_prompt", test.prompt},
            {"n_gen", test.generate},
            {"n_depth", test.depth},
            {"n_batch", test.batch},
            {"n_ubatch", test.micro_batch},
            {"n_threads", or_null<Json>(test.threads)},
            {"n_gpu_layers", or_null<Json>(row.gpu_layers)},
            {"flash_attn", test.flash_attention},
            {"type_k", test.key_type},
            {"type_v", test.value_type},
            {"source", row.source},
            {"peak_memory_bytes", or_null<Json>(row.memory_bytes)},
            {"end", name_of(row.end)},
            {"trouble", row.trouble}};
  json["repetitions"] = Json::array();
  for (const BenchRepetition& repetition : row.repetitions)
    json["repetitions"].push_back(to_json(repetition));
  return json;
}

// The readers below throw inside (nlohmann's at() and get()); bench_from_json() catches.

template <class T>
std::optional<T> maybe(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return std::nullopt;
  return at->get<T>();
}

BenchRepetition repetition_from(const Json& json) {
  BenchRepetition repetition;
  repetition.at = Nanos{json.at("t_ns").get<std::int64_t>()};
  if (const auto prompt = maybe<std::int64_t>(json, "prompt_ns")) repetition.prompt = Nanos{*prompt};
  repetition.total = Nanos{json.at("total_ns").get<std::int64_t>()};
  for (const Json& token : json.at("tokens_ns")) repetition.tokens.emplace_back(token.get<std::int64_t>());
  repetition.prompt_tokens = maybe<std::uint32_t>(json, "prompt_tokens");
  return repetition;
}

BenchRow row_from(const Json& json) {
  BenchRow row;
  BenchTest& test = row.test;
  row.model = json.at("model").get<std::uint32_t>();
  test.path = bench_path_from(json.at("path").get<std::string>()).value_or(BenchPath::engine);
  test.prompt = json.at("n_prompt").get<std::uint32_t>();
  test.generate = json.at("n_gen").get<std::uint32_t>();
  test.depth = json.at("n_depth").get<std::uint32_t>();
  test.batch = json.at("n_batch").get<std::uint32_t>();
  test.micro_batch = json.at("n_ubatch").get<std::uint32_t>();
  test.threads = maybe<std::uint32_t>(json, "n_threads");
  row.gpu_layers = maybe<int>(json, "n_gpu_layers");
  test.flash_attention = json.at("flash_attn").get<std::string>();
  test.key_type = json.at("type_k").get<std::string>();
  test.value_type = json.at("type_v").get<std::string>();
  row.source = json.at("source").get<std::string>();
  row.memory_bytes = maybe<std::uint64_t>(json, "peak_memory_bytes");
  const auto end = std::find(kEnds.begin(), kEnds.end(), json.at("end").get<std::string>());
  row.end = end == kEnds.end() ? BenchEnd::failed : static_cast<BenchEnd>(end - kEnds.begin());
  row.trouble = json.at("trouble").get<std::string>();
  for (const Json& repetition : json.at("repetitions"))
    row.repetitions.push_back(repetition_from(repetition));
  return row;
}

BenchModel model_from(const Json& json) {
  return {.path = json.at("path").get<std::string>(),
          .label = json.at("label").get<std::string>(),
          .type = json.at("type").get<std::string>(),
          .bytes = json.at("bytes").get<std::uint64_t>(),
          .parameters = json.at("parameters").get<std::uint64_t>(),
          .bytes_per_token = maybe<std::uint64_t>(json, "bytes_per_token"),
          .engine_version = json.at("engine_version").get<std::string>(),
          .engine_build = json.at("engine_build"),
          .backend = json.at("backend").get<std::string>()};
}

tl::unexpected<Error> unreadable(std::string found) {
  return fail({.code = Code::bad_input,
               .where = {},
               .found = std::move(found),
               .expected = "a bench as `assay bench -o json` writes it",
               .remedy = {}});
}

}  // namespace

std::string_view name_of(BenchPath path) {
  return kPaths[static_cast<std::size_t>(path)];
}

std::optional<BenchPath> bench_path_from(std::string_view name) {
  const auto at = std::find(kPaths.begin(), kPaths.end(), name);
  if (at == kPaths.end()) return std::nullopt;
  return static_cast<BenchPath>(at - kPaths.begin());
}

std::string_view name_of(BenchEnd end) {
  return kEnds[static_cast<std::size_t>(end)];
}

std::string name_of(const BenchTest& test) {
  std::string name;
  if (test.prompt > 0) name = fmt::format("pp{}", test.prompt);
  if (test.generate > 0) name += fmt::format("{}tg{}", name.empty() ? "" : "+", test.generate);
  if (test.depth > 0) name += fmt::format(" @ d{}", test.depth);
  return name;
}

Json to_json(const BenchRepetition& repetition) {
  Json tokens = Json::array();
  for (const Nanos token : repetition.tokens) tokens.push_back(token.count());
  Json json{{"t_ns", repetition.at.count()},
            {"prompt_ns", repetition.prompt ? Json(repetition.prompt->count()) : Json()},
            {"total_ns", repetition.total.count()},
            {"tokens_ns", std::move(tokens)}};
  if (repetition.prompt_tokens) json["prompt_tokens"] = *repetition.prompt_tokens;
  return json;
}

Json to_json(const BenchReport& report) {
  Json json{{"schema", "assay.bench/1"},
            {"assay_version", report.assay_version},
            {"run_id", report.run_id},
            {"preset", report.preset},
            {"started", rfc3339(report.started_wall)},
            {"started_ns", report.started_wall.count()},
            {"seed", report.seed},
            {"precision", report.precision},
            {"machine", to_json(report.machine)},
            {"notes", report.notes}};
  json["models"] = Json::array();
  for (const BenchModel& model : report.models) json["models"].push_back(to_json(model));
  json["rows"] = Json::array();
  for (const BenchRow& row : report.rows) json["rows"].push_back(to_json(row));
  return json;
}

Result<BenchReport> bench_from_json(const Json& json) {
  try {
    if (json.at("schema") != "assay.bench/1") return unreadable("the schema is not assay.bench/1");
    BenchReport report;
    report.assay_version = json.at("assay_version").get<std::string>();
    report.run_id = json.at("run_id").get<std::string>();
    report.preset = json.at("preset").get<std::string>();
    report.started_wall = Nanos{json.at("started_ns").get<std::int64_t>()};
    report.seed = json.at("seed").get<std::uint64_t>();
    report.precision = json.at("precision").get<double>();
    report.machine = machine_from_json(json.at("machine"));
    report.notes = json.at("notes").get<std::vector<std::string>>();
    for (const Json& model : json.at("models")) report.models.push_back(model_from(model));
    for (const Json& row : json.at("rows")) report.rows.push_back(row_from(row));
    for (const BenchRow& row : report.rows) {
      if (row.model >= report.models.size()) return unreadable("a row names a model that is not there");
      // A speed of it would be no number.
      for (const BenchRepetition& one : row.repetitions)
        if (one.total.count() <= 0) return unreadable("a repetition that took no time");
    }
    return report;
  } catch (const Json::exception& error) {
    return unreadable(error.what());
  }
}

}  // namespace assay::record
