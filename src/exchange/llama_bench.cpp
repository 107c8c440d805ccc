#include "exchange/llama_bench.h"

#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "exchange/llama_bench_text.h"

namespace assay::exchange {
namespace {

using record::BenchModel;
using record::BenchReport;
using record::BenchRow;

/// In the order in which llama-bench looked.
constexpr std::array<std::pair<const char*, const char*>, 9> kOldBackends{{{"cuda", "CUDA"},
                                                                           {"opencl", "OpenCL"},
                                                                           {"vulkan", "Vulkan"},
                                                                           {"kompute", "Kompute"},
                                                                           {"metal", "Metal"},
                                                                           {"sycl", "SYCL"},
                                                                           {"gpu_blas", "GPU BLAS"},
                                                                           {"blas", "BLAS"},
                                                                           {"rpc", "RPC"}}};

struct Imported {
  std::vector<BenchModel> models;
  std::vector<BenchRow> rows;
};

tl::unexpected<Error> bad(const std::string& file, std::string found, std::string expected) {
  return fail({.code = Code::bad_input,
               .where = {.file = file, .line = 0, .column = 0},
               .found = std::move(found),
               .expected = std::move(expected),
               .remedy = "Write the file with: llama-bench -o json (or -o jsonl)"});
}

/// One object of llama-bench's list. Says which member is missing or wrong.
class Row {
 public:
  Row(const Json& object, std::size_t number, const std::string& file)
      : object_(object), number_(number), file_(file) {}

  std::uint64_t whole(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_number_integer() || value->get<std::int64_t>() < 0) {
      complain(name, value, "a whole number");
      return 0;
    }
    return value->get<std::uint64_t>();
  }
  std::uint32_t small(const char* name) {
    const std::uint64_t wide = whole(name);
    if (wide > std::numeric_limits<std::uint32_t>::max()) complain(name, find(name), "a smaller number");
    return static_cast<std::uint32_t>(wide);
  }
  std::string text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_string()) {
      complain(name, value, "text");
      return {};
    }
    return value->get<std::string>();
  }
  std::vector<Nanos> times(const char* name) {
    const Json* value = find(name);
    std::vector<Nanos> list;
    if (value == nullptr || !value->is_array() || value->empty()) {
      complain(name, value, "a list of times in nanoseconds");
      return list;
    }
    for (const Json& item : *value) {
      if (!item.is_number_integer() || item.get<std::int64_t>() <= 0) {
        complain(name, &item, "times above 0");
        return {};
      }
      list.emplace_back(item.get<std::int64_t>());
    }
    return list;
  }
  /// -1, 0, 1; older versions wrote true and false, and the oldest had none.
  std::string flash_attention() {
    const Json* value = find("flash_attn");
    if (value == nullptr) return "off";
    if (value->is_boolean()) return value->get<bool>() ? "on" : "off";
    if (!value->is_number_integer()) {
      complain("flash_attn", value, "-1, 0 or 1");
      return {};
    }
    const auto number = value->get<std::int64_t>();
    return number < 0 ? "auto" : number == 0 ? "off" : "on";
  }
  std::optional<int> gpu_layers() {
    const Json* value = find("n_gpu_layers");
    if (value == nullptr || !value->is_number_integer()) return std::nullopt;
    const auto number = value->get<std::int64_t>();
    if (number < -1 || number > 1'000'000) return std::nullopt;
    return static_cast<int>(number);
  }
  std::uint32_t depth() {
    return find("n_depth") == nullptr ? 0 : small("n_depth");  // versions before 2025 have none
  }
  /// Versions before March 2024 computed a whole batch at once.
  std::uint32_t micro_batch() { return small(find("n_ubatch") == nullptr ? "n_batch" : "n_ubatch"); }
  /// Versions before December 2023 knew f16 or not.
  std::string cache_type(const char* name) {
    const Json* f16 = find("f16_kv");
    if (find(name) != nullptr || f16 == nullptr || !f16->is_boolean()) return text(name);
    return f16->get<bool>() ? "f16" : "f32";
  }
  /// Versions before November 2024 had a flag for each, and named the first.
  std::string backend() {
    if (find("backends") != nullptr) return text("backends");
    for (const auto& [flag, name] : kOldBackends) {
      const Json* value = find(flag);
      if (value != nullptr && value->is_boolean() && value->get<bool>()) return name;
    }
    return "CPU";
  }
  const std::optional<Error>& error() const { return error_; }
  void complain(const char* name, const Json* value, const char* expected) {
    if (error_) return;
    const std::string shown = value == nullptr ? "missing" : "is " + printable(dump(*value), 40);
    error_ = bad(file_, fmt::format("result {}: '{}' {}", number_, name, shown), expected).value();
  }

 private:
  const Json* find(const char* name) const {
    const auto at = object_.find(name);
    return at == object_.end() ? nullptr : &*at;
  }

  const Json& object_;
  std::size_t number_;
  const std::string& file_;
  std::optional<Error> error_;
};

/// The file's name, of Windows' paths, too.
std::string name_in(const std::string& path) {
  const std::size_t slash = path.find('/') == std::string::npos ? path.find_last_of('\\') : std::string::npos;
  return file_name(slash == std::string::npos ? path : path.substr(slash + 1));
}

std::uint32_t model_index(Imported& imported, BenchModel model) {
  for (std::uint32_t i = 0; i < imported.models.size(); ++i)
    if (imported.models[i] == model) return i;
  imported.models.push_back(std::move(model));
  return static_cast<std::uint32_t>(imported.models.size() - 1);
}

Result<void> add_result(const Json& object, const std::string& file, Imported& imported) {
  const std::size_t number = imported.rows.size() + 1;
  if (!object.is_object())
    return bad(file, fmt::format("result {} is no object", number), "an object per test");
  Row row(object, number, file);
  BenchModel model;
  model.path = row.text("model_filename");
  model.label = name_in(model.path);
  if (model.label.ends_with(".gguf")) model.label.resize(model.label.size() - 5);
  model.type = row.text("model_type");
  model.bytes = row.whole("model_size");
  model.parameters = row.whole("model_n_params");
  model.engine_version = "llama.cpp " + row.text("build_commit");
  model.backend = row.backend();
  BenchRow told;
  told.test.prompt = row.small("n_prompt");
  told.test.generate = row.small("n_gen");
  told.test.depth = row.depth();
  told.test.batch = row.small("n_batch");
  told.test.micro_batch = row.micro_batch();
  told.test.threads = row.small("n_threads");
  told.test.key_type = row.cache_type("type_k");
  told.test.value_type = row.cache_type("type_v");
  told.test.flash_attention = row.flash_attention();
  told.gpu_layers = row.gpu_layers();
  if (told.gpu_layers == -1) told.gpu_layers.reset();  // the engine's choice, as when nobody asks
  told.source = file_name(file);
  told.end = record::BenchEnd::count;
  for (const Nanos total : row.times("samples_ns")) {
    record::BenchRepetition repetition;
    repetition.total = total;
    told.repetitions.push_back(std::move(repetition));
  }
  if (!row.error() && told.test.prompt + std::uint64_t{told.test.generate} == 0)
    return bad(file, fmt::format("result {} has zero tokens", number), "n_prompt or n_gen above 0");
  if (row.error()) return fail(*row.error());
  told.model = model_index(imported, std::move(model));
  imported.rows.push_back(std::move(told));
  return {};
}

Result<Imported> read_own(const Json& json, const std::string& file) {
  auto theirs = record::bench_from_json(json);
  if (!theirs) {
    theirs.error().where.file = file;
    return fail(theirs.error());
  }
  if (theirs->rows.size() > kMostBenchRows)
    return bad(file, fmt::format("{} rows", theirs->rows.size()), fmt::format("at most {}", kMostBenchRows));
  Imported imported{std::move(theirs->models), std::move(theirs->rows)};
  for (BenchRow& row : imported.rows) {
    row.source = file_name(file);
    // Of a bench that was shown while it ran, or that was killed: nobody goes on with it here.
    if (row.end == record::BenchEnd::running) row.end = record::BenchEnd::interrupted;
  }
  return imported;
}

Result<Imported> read(std::string_view text, const std::string& file) {
  const auto json = read_bench_text(text, file);
  if (!json) return fail(json.error());
  if (json->is_object()) return read_own(*json, file);
  Imported imported;
  for (const Json& object : *json)
    if (auto added = add_result(object, file, imported); !added) return fail(added.error());
  return imported;
}

}  // namespace

Result<void> add_bench_file(std::string_view text, const std::string& file, BenchReport& report) {
  auto imported = read(text, file);
  if (!imported) return fail(imported.error());
  if (imported->rows.empty()) return bad(file, "no result is in it", "at least one test");
  const auto first = static_cast<std::uint32_t>(report.models.size());
  for (BenchModel& model : imported->models) report.models.push_back(std::move(model));
  for (BenchRow& row : imported->rows) {
    row.model += first;
    report.rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace assay::exchange
