// assay recommend: which known models fit into this machine's memory, and how fast they are.

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/recommendation.h"
#include "meter/machine.h"

namespace assay::cli {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

std::string speed_text(double tps) {
  return fmt::format("{:.{}f}", tps, tps < 20 ? 1 : 0);
}

/// "12.1 (11.4–12.8)"
std::string speed_text(const std::optional<PredictedSpeed>& speed) {
  if (!speed) return "–";
  return fmt::format("{} ({}–{})", speed_text(speed->tps), speed_text(speed->ci95.low),
                     speed_text(speed->ci95.high));
}

/// Left of a text that is not all ASCII, whose bytes are more than its columns.
std::string right(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(width < columns ? columns - width : 0, ' ') + text;
}

void print_rows(const std::vector<Candidate>& list, const RecommendOptions& options) {
  const bool measured =
      std::any_of(list.begin(), list.end(), [](const Candidate& one) { return one.speed.has_value(); });
  print_line(fmt::format("{:<30}  {:<7}  {:>8}  {:>8}  {:>8}  {:>13}{}", "MODEL", "MIX", "WEIGHTS", "CONTEXT",
                         "TOGETHER", "DECODE ≤", measured ? "  DECODE TOK/S           PREFILL TOK/S" : ""));
  for (const Candidate& one : list) {
    if (!one.fits && !options.all) continue;
    const std::string slow = one.slow() ? " slow" : "";
    std::string line =
        fmt::format("{:<30}  {:<7}  {:>4.1f} GiB  {:>4.1f} GiB  {:>4.1f} GiB  {}", one.shape->name, one.mix,
                    static_cast<double>(one.need.weights) / kGiB,
                    static_cast<double>(one.need.kv_cache) / kGiB, static_cast<double>(one.need.total) / kGiB,
                    right(one.most_tps ? speed_text(*one.most_tps) + (one.speed ? "" : slow) : "–", 13));
    if (one.speed) {
      const std::string decode = speed_text(one.speed->decode) + slow;
      constexpr std::size_t kWide = 23;
      line +=
          fmt::format("  {}{}{}", decode, std::string(kWide - std::min(kWide, display_width(decode)), ' '),
                      speed_text(one.speed->prefill));
    }
    print_line(line + (one.fits ? "" : "  does not fit"));
  }
}

/// "qwen3-14b in Q4_K_M": what to try first, and why.
void print_pick(const Candidate* pick) {
  if (pick == nullptr) return;
  const bool predicted = pick->speed && pick->speed->decode;
  print_line(fmt::format("To begin with: {} in {}, the largest that {} ({} {} tokens/s, {:.1f} GiB).",
                         pick->shape->name, pick->mix, predicted ? "will not be slow" : "need not be slow",
                         predicted ? "about" : "at most", speed_text(*pick->decode_tps()),
                         static_cast<double>(pick->need.total) / kGiB));
}

struct Recommendation {
  std::vector<Candidate> list;
  std::vector<Candidate> all;  ///< every mix of every model that was asked for
  const Candidate* pick = nullptr;
};

void print_table(const Recommendation& made, const RecommendOptions& options, const Room& room) {
  const std::vector<Candidate>& list = made.list;
  print_line(
      fmt::format("{}; context {}{}", room.words, options.context,
                  room.bandwidth ? fmt::format("; memory reads {:.1f} GB/s", *room.bandwidth / 1e9) : ""));
  print_line("");
  print_rows(list, options);
  print_line("");
  print_pick(made.pick);
  if (!room.note.empty()) say(room.note);
  std::vector<std::string> shorter;
  for (const Candidate& one : list) {
    if ((one.fits || options.all) && one.context < options.context)
      shorter.push_back(fmt::format("{} ({})", one.shape->name, one.context));
  }
  shorter.erase(std::unique(shorter.begin(), shorter.end()), shorter.end());
  if (!shorter.empty())
    say("With the model's own context, which is shorter than that: " + join(shorter, ", ") + ".");
  std::vector<std::string> too_large;
  for (const Candidate& one : list) {
    if (!one.fits && !options.all)
      too_large.push_back(fmt::format("{} ({:.0f} GiB as {})", one.shape->name,
                                      static_cast<double>(one.need.total) / kGiB, one.mix));
  }
  if (!too_large.empty()) say("Too large: " + join(too_large, ", ") + ".");
  say(fmt::format(
      "DECODE ≤: the memory's bandwidth ÷ the weights that a token reads; a real engine stays below "
      "it, most of all where the\nprocessor is slow. slow: under {:.0f} tokens/s people wait for "
      "words.",
      kDeadZone));
  const auto measured =
      std::find_if(list.begin(), list.end(), [](const Candidate& one) { return one.speed.has_value(); });
  if (measured != list.end()) {
    say(fmt::format(
        "DECODE and PREFILL are predicted from slices of each model's shape that ran on this machine "
        "({}): one token at a time\nbehind an empty cache, and a prompt of 512 tokens. In brackets the "
        "95 % interval of the measurement; –: its repetitions differ\ntoo much to tell, as on a busy "
        "machine.",
        measured->speed->engine));
  } else if (!options.is_elsewhere()) {
    say("How fast they really are: assay recommend --measure (about a minute a model), or of one: "
        "--only NAME --measure");
  }
}

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

OrderedJson json_of(const Recommendation& made, const RecommendOptions& options, const Room& room) {
  OrderedJson rows = OrderedJson::array();
  for (const Candidate& one : made.list) {
    rows.push_back({{"model", one.shape->name},
                    {"quantisation", one.mix},
                    {"parameters", one.parameters},
                    {"weights_bytes", one.need.weights},
                    {"kv_cache_bytes", one.need.kv_cache},
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
          {"pick", made.pick == nullptr
                       ? OrderedJson()
                       : OrderedJson{{"model", made.pick->shape->name}, {"quantisation", made.pick->mix}}},
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
    if (stop || !one.fits || !wanted) continue;
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
  Recommendation made;
  for (auto [all, into] : {std::pair{options.all, &made.list}, std::pair{true, &made.all}}) {
    RecommendOptions asked = options;
    asked.all = all;
    auto list = candidates(asked, *room);
    if (!list) return failed(list.error());
    *into = std::move(*list);
  }
  const auto cache = backend::cache_folder();
  if (options.measure && !cache) return failed(cache.error());
  Result<void> done;
  if (cache && !options.is_elsewhere()) {
    KnownSpeeds known(*cache, meter::describe_machine());
    fill_in(made.list, known, *room);
    if (options.measure) done = measure(made.list, options, *room, known, *cache);
    fill_in(made.all, known, *room);
  }
  made.pick = pick(made.all, options);
  if (shell.json)
    print_line(dump_pretty(json_of(made, options, *room)));
  else
    print_table(made, options, *room);
  if (!done) return failed(done.error());
  return options.measure && catch_interrupts() ? Exit::interrupted : Exit::done;
}

}  // namespace

void add_recommend(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<RecommendOptions>();
  command
      .add_option("--ram", options->ram,
                  "GiB of memory of another machine (8, 16, 32, …) instead of what is free here")
      ->check(CLI::Range(1.0, 4096.0));
  command
      .add_option("--vram", options->vram,
                  "GiB of memory of a graphics card, where all of a model's layers shall lie")
      ->check(CLI::Range(1.0, 4096.0));
  command
      .add_option("--machine", options->machine,
                  "File with another machine's record: what assay bench -o json wrote there")
      ->check(CLI::ExistingFile);
  command
      .add_option("--on", options->place,
                  "memory or card: where the model shall lie (default: the card, if its memory is known)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Place>{{"memory", Place::memory}, {"card", Place::card}}));
  command
      .add_option("--bandwidth", options->bandwidth,
                  "GB/s that its memory reads; without it no speed is said for --ram and for a card")
      ->check(CLI::Range(1.0, 100000.0));
  command.add_option("--context", options->context, "Tokens of context")
      ->check(CLI::Range(256, 10'000'000))
      ->capture_default_str();
  command.add_option("--only", options->models, "Only these models (assay models synth --list)")
      ->delimiter(',');
  command
      .add_option("-q,--quantisation", options->mixes,
                  "Only these mixes, from the first to try (default: Q8_0 to Q2_K)")
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
