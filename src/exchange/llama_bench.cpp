#include "exchange/llama_bench.h"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace assay::exchange {
namespace {

using record::BenchModel;
using record::BenchReport;
using record::BenchRow;

constexpr std::size_t kMostBytes = 256U << 20U;
constexpr std::size_t kMostRows = 10'000;

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
  /// -1, 0, 1; older versions wrote true and false.
  std::string flash_attention() {
    const Json* value = find("flash_attn");
    if (value == nullptr) return "auto";
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
  std::optional<std::uint32_t> depth() {
    return find("n_depth") == nullptr ? 0 : small("n_depth");  // versions before 2025 have none
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
  model.label = file_name(model.path);
  if (model.label.ends_with(".gguf")) model.label.resize(model.label.size() - 5);
  model.type = row.text("model_type");
  model.bytes = row.whole("model_size");
  model.parameters = row.whole("model_n_params");
  model.engine_version = "llama.cpp " + row.text("build_commit");
  model.backend = object.contains("backends") ? row.text("backends") : std::string();
  BenchRow told;
  told.test.prompt = row.small("n_prompt");
  told.test.generate = row.small("n_gen");
  told.test.depth = row.depth().value_or(0);
  told.test.batch = row.small("n_batch");
  told.test.micro_batch = row.small("n_ubatch");
  told.test.threads = row.small("n_threads");
  told.test.key_type = row.text("type_k");
  told.test.value_type = row.text("type_v");
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
  Imported imported{std::move(theirs->models), std::move(theirs->rows)};
  for (BenchRow& row : imported.rows) row.source = file_name(file);
  return imported;
}

Result<Imported> read_lines(std::string_view text, const std::string& file) {
  Imported imported;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    auto json = parse_json(line, {.max_bytes = kMostBytes});
    if (!json) {
      json.error().where = {.file = file, .line = number, .column = 0};
      return fail(json.error());
    }
    if (auto added = add_result(*json, file, imported); !added) return fail(added.error());
  }
  return imported;
}

Result<Imported> read(std::string_view text, const std::string& file) {
  const auto whole = parse_json(text, {.max_bytes = kMostBytes});
  if (!whole) {
    const std::string_view begin = trim(text);
    const bool is_lines = begin.starts_with('{') && begin.find('\n') != std::string_view::npos;
    if (is_lines) return read_lines(begin, file);
    Error error = whole.error();
    error.where.file = file;
    error.remedy = "A file that was cut short has no end: let llama-bench finish, or take -o jsonl";
    return fail(std::move(error));
  }
  if (whole->is_object() && whole->contains("schema")) return read_own(*whole, file);
  Imported imported;
  if (whole->is_object()) {
    if (auto added = add_result(*whole, file, imported); !added) return fail(added.error());
    return imported;
  }
  if (!whole->is_array()) return bad(file, "the file is JSON, but no list", "a list of results");
  if (whole->size() > kMostRows)
    return bad(file, fmt::format("{} results", whole->size()), fmt::format("at most {}", kMostRows));
  for (const Json& object : *whole)
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
