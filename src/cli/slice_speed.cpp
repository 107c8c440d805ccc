#include "cli/slice_speed.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "backend/table.h"
#include "base/file.h"
#include "model/quant_mix.h"
#include "model/synth.h"
#include "speed/walk.h"
#include "stats/extrapolation.h"

namespace assay::cli {
namespace {

constexpr std::uint32_t kPrompt = 512;
// Of 16 tokens the smaller slice makes a tenth of a second, whose noise and whose start the line carries to
// the whole model: Qwen3 0.6B came out 8 to 13 % too fast with ± 12 to 19 %, with 64 tokens 1 to 2 % with ± 3
// to 4 %.
constexpr std::uint32_t kGenerate = 64;
// Enough for an interval; a precise one of a slice is still not precise for the whole model.
constexpr speed::Limits kLimits{.least = 5, .most = 15, .time = std::chrono::seconds{10}, .precision = 0.02};

/// A file that goes away with this.
class SliceFile {
 public:
  explicit SliceFile(std::string path) : path_(std::move(path)) {}
  ~SliceFile() { unlink(path_.c_str()); }
  SliceFile(const SliceFile&) = delete;
  SliceFile& operator=(const SliceFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class ToldWalk final : public speed::WalkObserver {
 public:
  ToldWalk(std::string name, const SliceProgress& progress) : name_(std::move(name)), progress_(progress) {}
  void on_repetition(const record::BenchRow& row) override {
    progress_(fmt::format("{}: {}, repetition {}", name_, name_of(row.test), row.repetitions.size()));
  }

 private:
  std::string name_;
  const SliceProgress& progress_;
};

/// Seconds a token, of each repetition.
std::vector<double> times_of(const record::BenchRow& row) {
  const double tokens = row.test.prompt + row.test.generate;
  std::vector<double> times;
  for (const record::BenchRepetition& one : row.repetitions)
    times.push_back(std::chrono::duration<double>(one.total).count() / tokens);
  return times;
}

std::optional<PredictedSpeed> speed_of(const record::BenchRow& few, const record::BenchRow& more,
                                       double reach) {
  const auto time = stats::extrapolated_time(times_of(few), times_of(more), reach);
  if (!time) return std::nullopt;
  // Noise that the line carries below zero, or too few repetitions: nothing is known.
  if (!time->ci95 || time->ci95->low <= 0) return std::nullopt;
  return PredictedSpeed{.tps = 1 / time->value,
                        .ci95 = {.low = 1 / time->ci95->high, .high = 1 / time->ci95->low}};
}

/// Rows: prefill and decode of the smaller slice, then of the larger one; of a whole model its two alone.
Result<void> add_slice(const std::string& path, record::BenchReport& report,
                       std::vector<speed::Engine>& engines, std::vector<std::size_t>& engine_of,
                       Clock& clock) {
  record::ModelSpec spec;
  spec.engine = "llama";
  spec.model = path;
  spec.is_file = true;
  spec.label = file_name(path);
  auto made = backend::make(spec, {clock});
  if (!made) return fail(made.error());
  const auto index = static_cast<std::uint32_t>(engines.size());
  engines.push_back({.backend = std::move(*made), .load = {{"context", 256}}, .model = index});
  record::BenchModel model;
  model.path = path;
  model.label = spec.label;
  report.models.push_back(std::move(model));
  for (const record::BenchTest& test :
       {record::BenchTest{.prompt = kPrompt}, record::BenchTest{.generate = kGenerate}}) {
    record::BenchRow row;
    row.model = index;
    row.test = test;
    report.rows.push_back(std::move(row));
    engine_of.push_back(index);
  }
  return {};
}

}  // namespace

Result<SliceSpeed> measure_slices(const model::Shape& shape, const std::string& mix,
                                  const std::string& folder, Clock& clock, const std::atomic<bool>& stop,
                                  const SliceProgress& progress) {
  const auto type = model::find_mix(mix);
  if (!type) return fail(type.error());
  const model::Slices slices = model::slices_of(shape, *type);
  const model::Reach reach = model::reach_of(shape, *type, slices);
  std::vector<std::uint32_t> sizes{slices.more};
  if (!slices.whole()) sizes.insert(sizes.begin(), slices.few);

  std::vector<std::unique_ptr<SliceFile>> files;
  record::BenchReport report;
  report.seed = 1;
  report.precision = kLimits.precision;
  std::vector<speed::Engine> engines;
  std::vector<std::size_t> engine_of;
  for (const std::uint32_t layers : sizes) {
    progress(fmt::format("{}: writing {} of {} layers", shape.name, layers, shape.layers));
    files.push_back(std::make_unique<SliceFile>(
        resolve(folder, fmt::format("slice-{}-{}-{}.gguf", getpid(), shape.name, layers))));
    if (auto written = model::write_synth(
            shape, {.mix = mix, .layers = layers}, files.back()->path(), [](std::uint64_t) {}, stop);
        !written)
      return fail(written.error());
    if (auto added = add_slice(files.back()->path(), report, engines, engine_of, clock); !added)
      return fail(added.error());
  }
  progress(fmt::format("{}: loading", shape.name));
  ToldWalk told(std::string(shape.name), progress);
  if (auto walked = speed::run({.report = report,
                                .engines = engines,
                                .engine_of = engine_of,
                                .limits = kLimits,
                                .together = true,
                                .clock = clock,
                                .observer = told,
                                .stop = stop});
      !walked)
    return fail(walked.error());
  SliceSpeed found;
  found.model = shape.name;
  found.mix = mix;
  found.layers = shape.layers;
  found.slices = slices;
  found.repetitions = report.rows.front().repetitions.size();
  for (const record::BenchRow& row : report.rows) {
    if (!row.trouble.empty() || row.repetitions.empty()) {
      return fail({.code = stop ? Code::timeout : Code::engine,
                   .where = {},
                   .found = fmt::format("{} was not measured: {}", shape.name,
                                        row.trouble.empty() ? "it was interrupted" : row.trouble),
                   .expected = {},
                   .remedy = {}});
    }
    found.repetitions = std::min(found.repetitions, row.repetitions.size());
  }
  const std::size_t last = report.rows.size() - 2;
  found.prefill = speed_of(report.rows[0], report.rows[last], reach.prefill);
  found.decode = speed_of(report.rows[1], report.rows[last + 1], reach.decode);
  found.engine = report.models.front().engine_version;
  found.backend = report.models.front().backend;
  found.measured = clock.wall();
  return found;
}

}  // namespace assay::cli
