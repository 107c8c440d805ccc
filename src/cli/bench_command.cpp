// assay bench: how fast the bare engine is, in llama-bench's shapes.

#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/text.h"
#include "cli/bench_options.h"
#include "cli/bench_setup.h"
#include "cli/bench_show.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "meter/bandwidth.h"
#include "meter/machine.h"
#include "report/bench.h"
#include "speed/walk.h"

namespace assay::cli {
namespace {

/// "tiny-s: pp512, 3 of 5": one line that is written again and again.
class BenchProgress {
 public:
  explicit BenchProgress(bool shown) : shown_(shown && stderr_is_terminal()) {}
  void show(const std::string& text) {
    if (!shown_) return;
    std::fprintf(stderr, "\r\x1b[2K%s", printable(text, 100).c_str());
    std::fflush(stderr);
  }
  void clear() {
    if (shown_) std::fprintf(stderr, "\r\x1b[2K");
  }

 private:
  bool shown_;
};

record::Run run_of(const BenchSetup& setup, const BenchOptions& options, Clock& clock) {
  record::Run run;
  std::random_device random;
  run.started_wall = clock.wall();
  run.started_mono = clock.now();
  run.id = record::new_run_id(run.started_wall, (static_cast<std::uint64_t>(random()) << 32U) | random());
  run.label = options.label;
  run.suite_name = "bench " + (options.preset.empty() ? std::string() : options.preset);
  if (options.preset.empty()) {
    std::vector<std::string> names;
    for (const record::BenchRow& row : setup.report.rows) {
      const std::string name = name_of(row.test);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    run.suite_name += join(names, " ");
  }
  run.cells = {{.params = {}, .label = {}}};
  for (const record::ModelSpec& spec : setup.specs) {
    record::ModelRecord model;
    model.spec = spec;
    run.models.push_back(std::move(model));
  }
  run.seed = options.seed;
  run.assay_version = ASSAY_VERSION;
  run.machine = setup.report.machine;
  run.options = {{"kind", "bench"}};
  return run;
}

/// Keeps the bench in the store after every round, so that a crash costs one.
class Keeper final : public speed::WalkObserver {
 public:
  Keeper(store::Store& store, const record::BenchReport& report, BenchProgress& progress)
      : store_(store), report_(report), progress_(progress) {}

  void on_load(const record::BenchModel& model) override { progress_.show("loading " + model.label); }
  void on_repetition(const record::BenchRow& row) override {
    progress_.show(fmt::format("{}: {}, repetition {}", report_.models[row.model].label, name_of(row.test),
                               row.repetitions.size()));
  }
  Result<void> on_round() override {
    return store_.attach(report_.run_id, kBenchAttachment, dump(to_json(report_)));
  }

 private:
  store::Store& store_;
  const record::BenchReport& report_;
  BenchProgress& progress_;
};

/// What the engines told, for `assay list` and whoever reads the run.
Result<void> keep_models(store::Store& store, const record::BenchReport& report, record::Run& run) {
  for (std::uint32_t i = 0; i < run.models.size(); ++i) {
    const record::BenchModel& told = report.models[i];
    record::ModelRecord& model = run.models[i];
    model.engine_version = told.engine_version;
    model.engine_build = told.engine_build;
    model.parameters = told.parameters;
    for (const record::BenchRow& row : report.rows) {
      if (row.model == i && row.memory_bytes)
        model.peak_memory_bytes = std::max(model.peak_memory_bytes.value_or(0), *row.memory_bytes);
    }
    if (auto kept = store.update_model(run.id, i, model); !kept) return kept;
  }
  return {};
}

constexpr std::size_t kLongestNote = 1'000;

/// Forms without room for sentences leave them to standard error: a row that failed is said in any case.
void show(const record::BenchReport& report, std::string_view format) {
  print(render_bench(report, format));
  if (format != "md" && format != "csv") return;
  for (const std::string& sentence : report::bench_sentences(report))
    say("note: " + printable(sentence, kLongestNote));
}

Exit measure(BenchSetup& setup, const BenchOptions& options, const Shell& shell, Clock& clock) {
  const std::atomic<bool>& stop = catch_interrupts();
  BenchProgress progress(!options.quiet);
  record::BenchReport& report = setup.report;
  progress.show("measuring the memory's bandwidth");
  report.machine = meter::describe_machine();
  if (const auto cache = backend::cache_folder())
    report.machine.bandwidth = meter::known_bandwidth(report.machine, *cache, true);
  for (std::string& warning : meter::warnings_of(report.machine)) report.notes.push_back(std::move(warning));

  auto store = open_store_to_write(shell);
  if (!store) return failed(store.error());
  record::Run run = run_of(setup, options, clock);
  report.run_id = run.id;
  report.started_wall = run.started_wall;
  if (auto begun = store->begin(run); !begun) return failed(begun.error());
  Keeper keeper(*store, report, progress);
  auto walked = speed::run({.report = report,
                            .engines = setup.engines,
                            .engine_of = setup.engine_of,
                            .limits = setup.settings.limits,
                            .together = setup.together,
                            .clock = clock,
                            .observer = keeper,
                            .stop = stop});
  progress.clear();
  if (walked) walked = keeper.on_round();
  if (walked) walked = keep_models(*store, report, run);
  const auto state = stop ? record::RunState::interrupted : record::RunState::finished;
  const auto ended = store->finish(run.id, state, clock.wall());
  show(report, *options.format);
  // What was measured is shown even where it could not be kept.
  if (!walked) return failed(walked.error());
  if (!ended) return failed(ended.error());
  if (stop) return Exit::interrupted;
  std::size_t done = 0;
  bool trouble = false;
  for (const record::BenchRow& row : report.rows) {
    done += row.source.empty() && !row.repetitions.empty() ? 1 : 0;
    trouble = trouble || !row.trouble.empty();
  }
  if (done == 0) return Exit::nothing_ran;
  return trouble ? Exit::trial_errors : Exit::done;
}

/// --json and -o must not say different things.
Result<void> choose_format(BenchOptions& options, const Shell& shell) {
  if (shell.json && options.format.value_or("json") != "json")
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = "--json with -o " + *options.format,
                 .expected = "one of the two",
                 .remedy = {}});
  if (!options.format) options.format = shell.json ? "json" : "table";
  return {};
}

Exit bench(BenchOptions& options, const Shell& shell) {
  if (auto chosen = choose_format(options, shell); !chosen) return failed(chosen.error());
  SystemClock clock;
  auto setup = set_up(options, clock);
  if (!setup) {
    print_errors(setup.error());
    const bool usage = setup.error().front().code == Code::bad_input;
    return usage ? Exit::usage : Exit::nothing_ran;
  }
  if (!setup->specs.empty()) return measure(*setup, options, shell, clock);
  show(setup->report, *options.format);
  return Exit::done;
}

}  // namespace

void add_bench(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<BenchOptions>();
  add_bench_options(command, *options);
  add_json_option(command, shell);
  command.footer(
      "Each test is warmed up once in full, then repeated until the median is known; the repetitions of all\n"
      "tests are interleaved. Lists (512,1024) and ranges (0-128+32, 1-8*2) are llama-bench's, and every\n"
      "combination is measured. What is kept: every repetition and the time of every token.\n\n"
      "Examples:\n"
      "  assay bench -m model.gguf                              pp512 and tg128\n"
      "  assay bench -m a.gguf -m b.gguf -pg 512,128 -d 0,4096  two models, with and without a long history\n"
      "  assay bench -m model.gguf -t 1-8*2 -n 0                which number of threads is best\n"
      "  assay bench -m model.gguf -o md                        to paste where llama-bench's tables are\n"
      "  assay bench -m model.gguf --beside theirs.json         beside somebody's llama-bench -o json\n"
      "  assay bench -m model.gguf --ladder --server 'llama-server -m {model} --port {port}'\n"
      "                                                         why is my server slower than llama-bench?");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return bench(*options, shell); }; });
}

}  // namespace assay::cli
