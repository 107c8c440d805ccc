// assay recommend: which known models fit into this machine's memory, and how fast they are.

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/recommend_show.h"
#include "cli/recommendation.h"
#include "meter/machine.h"

namespace assay::cli {
namespace {

OrderedJson json_of(const std::optional<PredictedSpeed>& speed) {
  if (!speed) return nullptr;
  return {{"tps", speed->tps}, {"ci95", {speed->ci95.low, speed->ci95.high}}};
}

OrderedJson json_of(const SliceSpeed& speed) {
  return {{"decode", json_of(speed.decode)},
          {"prefill", json_of(speed.prefill)},
          {"slices", {speed.slices.few, speed.slices.more}},
          {"layers", speed.layers},
          {"repetitions", speed.repetitions},
          {"engine", speed.engine},
          {"backend", speed.backend},
          {"measured_unix_s", std::chrono::duration_cast<std::chrono::seconds>(speed.measured).count()}};
}

OrderedJson json_of(const std::vector<Candidate>& all, const RecommendOptions& options, const Room& room) {
  const Candidate* best = pick(all, options);
  OrderedJson rows = OrderedJson::array();
  for (const Candidate& one : all) {
    if (!one.shown) continue;
    rows.push_back({{"model", one.shape->name},
                    {"quantisation", one.mix},
                    {"parameters", one.parameters},
                    {"weights_bytes", one.need.weights},
                    {"kv_cache_bytes", one.need.kv_cache},
                    {"kv_cache_in_run_bytes", one.whole_cache},
                    {"total_bytes", one.need.total},
                    {"context", one.context},
                    {"fits", one.fits},
                    {"decode_tps_at_most", or_null(one.most_tps)},
                    {"predicted", one.speed ? json_of(*one.speed) : OrderedJson()}});
  }
  return {{"schema", "assay.recommend/1"},
          {"assay_version", ASSAY_VERSION},
          {"room_bytes", room.bytes},
          {"room_in", room.place == Place::card ? "card" : "memory"},
          {"bandwidth_bytes_per_s", or_null(room.bandwidth)},
          {"context", options.context},
          {"pick", best == nullptr ? OrderedJson()
                                   : OrderedJson{{"model", best->shape->name}, {"quantisation", best->mix}}},
          {"rows", std::move(rows)}};
}

Error measured_elsewhere(const SliceSpeed& speed) {
  const bool by_processors = speed.backend.empty() || speed.backend == "CPU";
  return {.code = Code::unsupported,
          .where = {},
          .found = by_processors ? "the engine here computes on processors, so the card cannot be measured"
                                 : fmt::format("the engine here computes on the card ({})", speed.backend),
          .expected = {},
          .remedy = by_processors ? "Add --on memory" : "Add --on card"};
}

/// Measures those that fit and may be fast enough to talk with; of named ones each that fits. What was
/// measured before an interruption or a failure is kept and shown.
Result<void> measure(std::vector<Candidate>& list, const RecommendOptions& options, const Room& room,
                     KnownSpeeds& known, const std::string& folder) {
  const std::atomic<bool>& stop = catch_interrupts();
  const bool live = stderr_is_terminal();
  SystemClock clock;
  if (auto made = make_folder(folder); !made) return made;
  for (const std::string& warning : meter::warnings_of(meter::describe_machine())) say("Note: " + warning);
  for (Candidate& one : list) {
    const bool wanted = !options.models.empty() || !one.most_tps || *one.most_tps >= kDeadZone;
    if (stop || !one.shown || !one.fits || !wanted) continue;
    auto speed = measure_slices(*one.shape, one.mix, folder, clock, stop, [&](const std::string& doing) {
      if (live) fmt::print(stderr, "\r\x1b[2K{}", printable(doing, 100));
    });
    if (live) fmt::print(stderr, "\r\x1b[2K");
    if (!speed) {
      if (stop) break;
      return fail(speed.error());
    }
    if (auto kept = known.keep(*speed); !kept) return kept;
    if (!is_of(*speed, room)) return fail(measured_elsewhere(*speed));
    one.speed = std::move(*speed);
  }
  return {};
}

/// What was measured before.
void fill_in(std::vector<Candidate>& list, const KnownSpeeds& known, const Room& room) {
  for (Candidate& one : list) {
    const SliceSpeed* speed = known.find(one.shape->name, one.mix);
    if (speed != nullptr && is_of(*speed, room)) one.speed = *speed;
  }
}

Exit recommend(const Shell& shell, const RecommendOptions& options) {
  if (options.measure && options.is_elsewhere())
    return failed({.code = Code::bad_input,
                   .where = {},
                   .found = "--measure beside --ram, --vram or --machine",
                   .expected = "--measure alone",
                   .remedy = "Only this machine can be measured here; of another say its --bandwidth"});
  const auto room = room_of(options);
  if (!room) return failed(room.error());
  auto list = candidates(options, *room);
  if (!list) return failed(list.error());
  const auto cache = backend::cache_folder();
  if (options.measure && !cache) return failed(cache.error());
  Result<void> done;
  if (cache && !options.is_elsewhere()) {
    KnownSpeeds known(*cache, meter::describe_machine());
    fill_in(*list, known, *room);
    if (options.measure) done = measure(*list, options, *room, known, *cache);
  }
  if (shell.json)
    print_line(dump_pretty(json_of(*list, options, *room)));
  else
    print_recommendation(*list, options, *room);
  if (!done) return failed(done.error());
  return options.measure && catch_interrupts() ? Exit::interrupted : Exit::done;
}

}  // namespace

void add_recommend(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<RecommendOptions>();
  command
      .add_option("--ram", options->ram,
                  "Memory of another machine (8, 16, 32, …) instead of what is free here")
      ->type_name("GiB")
      ->check(CLI::Range(1.0, 4096.0));
  command
      .add_option("--vram", options->vram,
                  "Memory of a graphics card, where all of a model's layers shall lie")
      ->type_name("GiB")
      ->check(CLI::Range(1.0, 4096.0));
  command
      .add_option("--machine", options->machine,
                  "File with another machine's record: what assay bench -o json wrote there")
      ->check(CLI::ExistingFile);
  command
      .add_option_function<std::string>(
          "--on",
          [options](const std::string& word) {
            options->place = word == "card" ? Place::card : Place::memory;
          },
          "Where the model shall lie (default: the card, if its memory is known)")
      ->check(CLI::IsMember({"memory", "card"}));
  command
      .add_option("--bandwidth", options->bandwidth,
                  "GB/s that its memory reads; without it no speed is said for --ram and for a card")
      ->check(CLI::Range(1.0, 100000.0));
  command.add_option("--context", options->context, "Tokens of context")
      ->check(CLI::Range(256, 10'000'000))
      ->capture_default_str();
  command.add_option("--only", options->models, "Only these models (assay models synth --list)")
      ->type_name("NAME")
      ->delimiter(',');
  command
      .add_option("-q,--quantisation", options->mixes,
                  "Only these mixes, from the first to try (default: Q8_0 to Q2_K)")
      ->type_name("MIX")
      ->delimiter(',');
  command.add_flag("--measure", options->measure,
                   "Run slices of each model that fits on this machine (random weights, no download) and "
                   "predict its speed from them; what was measured is shown from then on");
  command.add_flag("--all", options->all, "Every mix, also those that do not fit");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay recommend                                  what fits here now\n"
      "  assay recommend --only qwen3-8b,llama-3.1-8b -q Q4_K_M --measure\n"
      "                                                   how fast two of them will be on this machine\n"
      "  assay recommend --ram 16 --bandwidth 120         a laptop that you think of buying\n"
      "  assay recommend --vram 24 --bandwidth 1008       a graphics card, all layers on it\n"
      "  assay recommend -q Q4_K_M --context 32768        one mix, a long context");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return recommend(shell, *options); }; });
}

}  // namespace assay::cli
