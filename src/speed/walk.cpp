#include "speed/walk.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/random.h"
#include "speed/request.h"
#include "stats/bench_figures.h"

namespace assay::speed {
namespace {

using record::BenchEnd;
using record::BenchPath;
using record::BenchRow;

/// An engine that dies again and again is given up.
constexpr std::uint32_t kMostFailures = 3;

class Rounds {
 public:
  explicit Rounds(Walk& walk) : walk_(walk), random_(walk.report.seed) {}

  Result<void> over(std::vector<std::size_t> rows) {
    while (!rows.empty() && !walk_.stop) {
      shuffle(rows);
      for (const std::size_t row : rows) {
        if (walk_.stop) break;
        repeat(row);
      }
      std::erase_if(rows, [&](std::size_t row) { return walk_.report.rows[row].end != BenchEnd::running; });
      if (auto kept = walk_.observer.on_round(); !kept) return kept;
    }
    return {};
  }

 private:
  void shuffle(std::vector<std::size_t>& rows) {
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random_.below(i)]);
  }

  void give_up(BenchRow& row, const Error& error) {
    row.end = BenchEnd::failed;
    row.trouble = sentence(error);
  }

  Result<void> load(Engine& engine);
  void repeat(std::size_t index);
  Result<record::BenchRepetition> measure(Engine& engine, BenchRow& row);
  BenchEnd end_of(const BenchRow& row) const;

  Walk& walk_;
  SplitMix64 random_;
};

/// What was asked for and is not in force, as sentences: a row would show it as if it were.
void say_what_is_not_applied(const record::EffectiveParams& effective, record::BenchReport& report) {
  for (const auto& [name, one] : effective) {
    if (one.how != record::Applied::not_supported) continue;
    const std::string note = name == "gpu_layers"
                                 ? "-ngl is not applied: this engine computes on processors alone"
                                 : name + " is not applied by this engine";
    if (std::find(report.notes.begin(), report.notes.end(), note) == report.notes.end())
      report.notes.push_back(note);
  }
}

Result<void> Rounds::load(Engine& engine) {
  if (engine.loaded) return {};
  record::BenchModel& model = walk_.report.models[engine.model];
  walk_.observer.on_load(model);
  const auto loaded =
      engine.backend->load({.params = engine.load, .parallel = 1, .longest = 0, .stop = &walk_.stop});
  if (!loaded) {
    engine.failures = kMostFailures;
    return fail(loaded.error());
  }
  engine.loaded = true;
  say_what_is_not_applied(loaded->effective, walk_.report);
  if (loaded->over_http) return {};
  model.engine_version = loaded->engine_version;
  model.engine_build = loaded->engine_build;
  if (loaded->facts.is_object()) model.type = loaded->facts.value("description", model.type);
  if (loaded->engine_build.is_object()) model.backend = loaded->engine_build.value("backends", model.backend);
  return {};
}

Result<record::BenchRepetition> Rounds::measure(Engine& engine, BenchRow& row) {
  if (row.test.path == BenchPath::chat || row.test.path == BenchPath::http) {
    const auto once = [&](std::uint64_t seed) {
      return ask(*engine.backend, row.test, seed, walk_.clock, walk_.stop);
    };
    if (row.repetitions.empty()) {  // the bare tests are warmed up by the worker
      if (auto thrown_away = once(walk_.report.seed - 1); !thrown_away) return thrown_away;
    }
    return once(walk_.report.seed + row.repetitions.size());
  }
  auto answer = engine.backend->bench(row.test, walk_.report.seed, walk_.stop);
  if (!answer) return fail(answer.error());
  if (answer->before != row.test.depth)
    return fail({.code = Code::engine,
                 .where = {},
                 .found = fmt::format("the cache held {} tokens when the clock started", answer->before),
                 .expected = fmt::format("{}", row.test.depth),
                 .remedy = {}});
  row.test.threads = answer->threads;
  row.memory_bytes = std::max(row.memory_bytes.value_or(0), answer->memory_bytes);
  return std::move(answer->repetition);
}

BenchEnd Rounds::end_of(const BenchRow& row) const {
  const std::size_t n = row.repetitions.size();
  const Nanos spent =
      std::accumulate(row.repetitions.begin(), row.repetitions.end(), Nanos{0},
                      [](Nanos sum, const record::BenchRepetition& one) { return sum + one.total; });
  if (n < static_cast<std::size_t>(walk_.limits.least)) return BenchEnd::running;
  const auto figures = stats::bench_figures(walk_.report, row);
  if (figures->half_width && *figures->half_width < walk_.limits.precision) return BenchEnd::precise;
  if (n >= static_cast<std::size_t>(walk_.limits.most)) return BenchEnd::count;
  return spent >= walk_.limits.time ? BenchEnd::time : BenchEnd::running;
}

void Rounds::repeat(std::size_t index) {
  BenchRow& row = walk_.report.rows[index];
  Engine& engine = walk_.engines[walk_.engine_of[index]];
  if (engine.failures >= kMostFailures && row.trouble.empty())
    return give_up(row, {.code = Code::engine,
                         .where = {},
                         .found = "its engine was given up",
                         .expected = {},
                         .remedy = {}});
  if (auto ready = load(engine); !ready) {
    if (walk_.stop) return;  // as below
    return give_up(row, ready.error());
  }
  auto repetition = measure(engine, row);
  if (!repetition) {
    if (walk_.stop) return;  // cut short by Ctrl-C: no repetition, and no fault of the row
    // After a death the process is gone; a refusal leaves it as it was. A new load is right for both.
    if (repetition.error().code == Code::engine || repetition.error().code == Code::timeout) {
      ++engine.failures;
      engine.loaded = false;
    }
    return give_up(row, repetition.error());
  }
  row.repetitions.push_back(std::move(*repetition));
  row.end = end_of(row);
  walk_.observer.on_repetition(row);
}

}  // namespace

Result<void> run(Walk walk) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < walk.report.rows.size(); ++i)
    if (walk.report.rows[i].end == BenchEnd::running) rows.push_back(i);
  Rounds rounds(walk);
  Result<void> done;
  if (walk.together) {
    done = rounds.over(rows);
  } else {
    for (std::size_t engine = 0; engine < walk.engines.size() && done && !walk.stop; ++engine) {
      std::vector<std::size_t> its;
      for (const std::size_t row : rows)
        if (walk.engine_of[row] == engine) its.push_back(row);
      done = rounds.over(its);
      walk.engines[engine].backend->unload();
    }
  }
  for (Engine& engine : walk.engines) engine.backend->unload();
  for (BenchRow& row : walk.report.rows)
    if (row.end == BenchEnd::running) row.end = BenchEnd::interrupted;
  return done;
}

}  // namespace assay::speed
