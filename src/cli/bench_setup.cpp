#include "cli/bench_setup.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "backend/table.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/room.h"
#include "exchange/llama_bench.h"
#include "meter/machine.h"
#include "model/facts.h"
#include "model/memory.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

using record::BenchPath;
using record::BenchTest;

constexpr std::uint64_t kLargestFile = 256ULL << 20U;
/// Room for the template around a prompt of random words, and for words that are longer than a token.
constexpr std::uint64_t kTemplateRoom = 256;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

Error error_of(Code code, std::string found, std::string expected, std::string remedy) {
  return {.code = code,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

/// As written, or, as llama-bench does, cut at commas where no file has them in its name.
std::vector<std::string> files_of(const std::vector<std::string>& texts) {
  std::vector<std::string> files;
  for (const std::string& text : texts) {
    if (text.find(',') == std::string::npos || file_exists(text)) {
      files.push_back(text);
      continue;
    }
    for (std::string& part : split(text, ','))
      if (!part.empty()) files.push_back(std::move(part));
  }
  return files;
}

void read_models(const BenchOptions& options, BenchSetup& setup, Errors& errors) {
  for (const std::string& text : files_of(options.models)) {
    auto spec = suite::parse_model(text, "", catalogue());
    if (spec && spec->engine != "llama")
      errors.push_back(error_of(Code::bad_input,
                                fmt::format("{}: the bare engine can be measured of GGUF files alone", text),
                                "-m model.gguf", "Measure servers with: assay run, or --ladder --server"));
    else if (spec)
      setup.specs.push_back(std::move(*spec));
    else
      errors.push_back(spec.error());
  }
  suite::label_models(setup.specs);
  if (setup.specs.empty() && errors.empty() && options.beside.empty())
    errors.push_back(
        error_of(Code::bad_input, "no model is named", "-m model.gguf", "assay models lists what is here"));
}

model::MemoryOptions memory_options(const BenchTest& test) {
  return {.context = test.context(),
          .key_type = upper(test.key_type),
          .value_type = upper(test.value_type),
          .micro_batch = std::min(test.micro_batch, test.batch)};
}

/// Of LocalScore's shapes, which nobody typed, those that are longer than the model's context are left out,
/// and a note says so; the others are still worth measuring. A longer shape that somebody asked for is an
/// error.
std::vector<speed::PlannedTest> tests_for(const model::ModelFacts& facts, const std::string& label,
                                          const std::vector<speed::PlannedTest>& tests, BenchSetup& setup) {
  if (setup.report.preset != speed::kLocalScore || !facts.context_length) return tests;
  std::vector<speed::PlannedTest> fitting;
  std::vector<std::string> left_out;
  for (const speed::PlannedTest& one : tests) {
    if (one.test.context() <= *facts.context_length)
      fitting.push_back(one);
    else
      left_out.push_back(name_of(one.test));
  }
  if (left_out.empty() || fitting.empty()) return tests;
  setup.report.notes.push_back(
      fmt::format("{}: {} left out, longer than the model's context of {} tokens; a score over other shapes "
                  "than the nine compares with no other",
                  label, join(left_out, ", "), *facts.context_length));
  return fitting;
}

/// Rows of one model, and what speaks against them. Gives the memory that its largest test needs.
std::uint64_t add_rows(std::uint32_t index, const model::ModelFacts& facts,
                       const std::vector<speed::PlannedTest>& tests, BenchSetup& setup, Errors& errors) {
  const record::ModelSpec& spec = setup.specs[index];
  const auto available = memory_of_all(meter::describe_machine(), available_memory());
  std::uint64_t most = 0;
  for (const speed::PlannedTest& planned : tests) {
    const BenchTest& test = planned.test;
    if (facts.context_length && test.context() > *facts.context_length) {
      errors.push_back(error_of(
          Code::bad_input,
          fmt::format("{}: {} needs a context of {} tokens", spec.model, name_of(test), test.context()),
          fmt::format("at most {}, which the model was trained on", *facts.context_length),
          "Take smaller -p, -n, -pg or -d"));
      return most;
    }
    if (available) {
      if (auto fits = model::fits_memory(spec.model, facts, memory_options(test), *available); !fits) {
        errors.push_back(fits.error());
        return most;
      }
    }
    if (const auto need = model::memory_need(facts, memory_options(test))) most = std::max(most, need->total);
    record::BenchRow row;
    row.model = index;
    row.test = test;
    row.gpu_layers = planned.gpu_layers;
    setup.report.rows.push_back(std::move(row));
  }
  return most;
}

void check_models(const std::vector<speed::PlannedTest>& tests, BenchSetup& setup, Errors& errors) {
  std::uint64_t all = 0;
  for (std::uint32_t i = 0; i < setup.specs.size(); ++i) {
    const auto facts = model::inspect(setup.specs[i].model);
    if (!facts) {
      errors.push_back(facts.error());
      continue;
    }
    setup.report.models.push_back(
        {.path = setup.specs[i].model,
         .label = setup.specs[i].label,
         .type = fmt::format("{} {}", facts->architecture, facts->quantisation.value_or("")),
         .bytes = facts->tensor_bytes,
         .parameters = facts->parameters.value_or(0),
         .bytes_per_token = facts->bytes_per_token,
         .engine_version = {},
         .engine_build = {},
         .backend = {}});
    all += add_rows(i, *facts, tests_for(*facts, setup.specs[i].label, tests, setup), setup, errors);
  }
  const auto available = memory_of_all(meter::describe_machine(), available_memory());
  setup.together = !available || all <= *available;
  if (!setup.together)
    setup.report.notes.emplace_back(
        "the models do not fit into memory together: each was measured alone, one after the other");
}

/// A row's engine: bare tests of one model and number of layers share one; requests have one of their own.
Result<void> add_engines(const BenchOptions& options, BenchSetup& setup, Clock& clock) {
  struct Key {
    std::uint32_t model;
    std::optional<int> gpu_layers;
    BenchPath kind;
    bool operator==(const Key&) const = default;
  };
  std::vector<Key> keys;
  for (const record::BenchRow& row : setup.report.rows) {
    const bool is_request = row.test.path == BenchPath::chat || row.test.path == BenchPath::http;
    const Key key{row.model, row.gpu_layers, is_request ? row.test.path : BenchPath::engine};
    const auto known = std::find(keys.begin(), keys.end(), key);
    const auto at = static_cast<std::size_t>(known - keys.begin());
    if (known == keys.end()) {
      record::ModelSpec spec = setup.specs[row.model];
      if (key.kind == BenchPath::http) {
        spec.engine = "llama-server";
        spec.start = options.server;
      }
      auto made = backend::make(spec, {clock});
      if (!made) return fail(made.error());
      keys.push_back(key);
      setup.engines.push_back({.backend = std::move(*made), .load = {}, .model = row.model});
      // Bare tests have contexts of their own.
      setup.engines.back().load["context"] = 256;
      if (row.gpu_layers) setup.engines.back().load["gpu_layers"] = *row.gpu_layers;
    }
    if (key.kind == BenchPath::http) {
      setup.engines[at].load.clear();  // a server's settings stand in its command
    } else if (is_request) {
      record::Params& load = setup.engines[at].load;
      const std::uint64_t wanted = row.test.context() + row.test.prompt / 4 + kTemplateRoom;
      load["context"] = std::max(load["context"].get<std::uint64_t>(), wanted);
      if (row.test.threads) load["threads"] = *row.test.threads;
      if (row.test.flash_attention != "auto") load["flash_attention"] = row.test.flash_attention;
      if (row.test.key_type == row.test.value_type && row.test.key_type != "f16")
        load["kv_type"] = row.test.key_type;
    }
    setup.engine_of.push_back(at);
  }
  return {};
}

void add_beside(const BenchOptions& options, BenchSetup& setup, Errors& errors) {
  const std::size_t ours = setup.report.models.size();
  for (const std::string& path : options.beside) {
    const auto text = read_file(path, kLargestFile);
    auto added = text ? exchange::add_bench_file(*text, path, setup.report) : fail(text.error());
    if (!added) errors.push_back(added.error());
  }
  const auto& models = setup.report.models;
  for (std::size_t i = ours; i < models.size() && ours > 0; ++i) {
    const bool known =
        std::any_of(models.begin(), models.begin() + static_cast<std::ptrdiff_t>(ours),
                    [&](const record::BenchModel& model) {
                      return model.parameters == models[i].parameters && model.bytes == models[i].bytes;
                    });
    if (!known)
      setup.report.notes.push_back(
          fmt::format("{} ({}) is another model than those measured here: its speed says nothing about "
                      "machines or engines",
                      models[i].label, models[i].type));
  }
  setup.engine_of.resize(setup.report.rows.size());
}

}  // namespace

tl::expected<BenchSetup, Errors> set_up(const BenchOptions& options, Clock& clock) {
  auto settings = settings_of(options);
  if (!settings) return tl::unexpected(settings.error());
  BenchSetup setup;
  setup.settings = std::move(*settings);
  setup.report.preset = options.preset;
  setup.report.seed = options.seed;
  setup.report.precision = setup.settings.limits.precision;
  setup.report.assay_version = ASSAY_VERSION;
  Errors errors;
  read_models(options, setup, errors);
  const auto tests = speed::tests_of(setup.settings);
  if (!tests) errors.push_back(tests.error());
  if (!errors.empty()) return tl::unexpected(errors);
  check_models(*tests, setup, errors);
  if (errors.empty()) {
    if (auto made = add_engines(options, setup, clock); !made) errors.push_back(made.error());
  }
  add_beside(options, setup, errors);
  if (!errors.empty()) return tl::unexpected(errors);
  return setup;
}

}  // namespace assay::cli
