// assay recommend: which known models fit into this machine's memory, and how fast they can decode at most.

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/worker_environment.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/commands.h"
#include "meter/bandwidth.h"
#include "meter/machine.h"
#include "model/facts.h"
#include "model/memory.h"
#include "model/quant_mix.h"
#include "model/synth.h"

namespace assay::cli {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
constexpr double kDeadZone = 10;  // tokens a second; docs/measurement.md
// What a system of so much memory leaves for a model: macOS lets the GPU have two thirds to three quarters of
// it, and elsewhere a browser and the system want as much.
constexpr double kUsableShare = 0.7;
// From the most to the least faithful; a model is shown with the first that fits.
constexpr std::array<std::string_view, 6> kMixes{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};

struct Options {
  double ram = 0;        ///< GiB of another machine; 0: this one
  double bandwidth = 0;  ///< GB/s of another machine; 0: measured here
  std::uint64_t context = 8192;
  std::vector<std::string> mixes;
  bool all = false;
};

struct Candidate {
  const model::Shape* shape = nullptr;
  std::string mix;
  std::uint64_t parameters = 0;
  model::MemoryNeed need;
  bool fits = false;
  std::optional<double> most_tps = std::nullopt;  ///< every weight of a token read once, and nothing else
};

struct Room {
  std::uint64_t bytes = 0;
  std::string words;
  std::optional<double> bandwidth;  ///< bytes/s
};

/// Absent when the memory that is free cannot be told.
std::optional<Room> room_of(const Options& options) {
  Room room;
  if (options.ram > 0) {
    room.bytes = static_cast<std::uint64_t>(options.ram * kGiB * kUsableShare);
    room.words =
        fmt::format("a machine of {:.0f} GiB, {:.0f} % of it for a model", options.ram, 100 * kUsableShare);
  } else {
    const auto available = available_memory();
    if (!available) return std::nullopt;
    room.bytes = *available;
    room.words = fmt::format("{:.1f} GiB are free on this machine", static_cast<double>(*available) / kGiB);
  }
  if (options.bandwidth > 0) {
    room.bandwidth = options.bandwidth * 1e9;
  } else if (options.ram == 0) {
    const record::Machine machine = meter::describe_machine();
    const auto cache = backend::cache_folder();
    const auto known =
        cache ? meter::known_bandwidth(machine, *cache, false) : meter::measure_bandwidth(machine);
    if (known) room.bandwidth = known->read;
  }
  return room;
}

std::optional<Candidate> candidate(const model::Shape& shape, std::string_view mix, const Options& options,
                                   const Room& room) {
  const auto type = model::find_mix(mix);
  if (!type) return std::nullopt;
  const model::ModelFacts facts =
      model::describe(model::layout_of(shape, *type, shape.layers, shape.vocabulary));
  model::MemoryOptions memory;
  memory.context = std::min<std::uint64_t>(options.context, shape.context);
  const auto need = model::memory_need(facts, memory);
  if (!need) return std::nullopt;
  Candidate one{
      .shape = &shape, .mix = std::string(mix), .parameters = facts.parameters.value_or(0), .need = *need};
  one.fits = need->total <= room.bytes;
  if (room.bandwidth && facts.bytes_per_token && *facts.bytes_per_token > 0)
    one.most_tps = *room.bandwidth / static_cast<double>(*facts.bytes_per_token);
  return one;
}

/// For each shape the first mix that fits, or the smallest; with `all` every mix.
std::vector<Candidate> candidates(const Options& options, const Room& room) {
  std::vector<std::string> mixes = options.mixes;
  if (mixes.empty()) mixes.assign(kMixes.begin(), kMixes.end());
  std::vector<Candidate> list;
  for (const model::Shape& shape : model::shapes()) {
    std::optional<Candidate> shown;
    for (const std::string& mix : mixes) {
      auto one = candidate(shape, mix, options, room);
      if (!one) continue;
      if (options.all) {
        list.push_back(std::move(*one));
      } else if (!shown || !shown->fits) {
        shown = std::move(one);
      }
    }
    if (shown) list.push_back(std::move(*shown));
  }
  std::stable_sort(list.begin(), list.end(), [](const Candidate& a, const Candidate& b) {
    return a.fits != b.fits ? a.fits : a.parameters > b.parameters;
  });
  return list;
}

void print_table(const std::vector<Candidate>& list, const Options& options, const Room& room) {
  print_line(
      fmt::format("{}; context {}{}", room.words, options.context,
                  room.bandwidth ? fmt::format("; memory reads {:.1f} GB/s", *room.bandwidth / 1e9) : ""));
  print_line("");
  print_line(fmt::format("{:<30}  {:<7}  {:>8}  {:>8}  {:>8}  {:>14}", "MODEL", "MIX", "WEIGHTS", "CONTEXT",
                         "TOGETHER", "AT MOST TOK/S"));
  std::vector<std::string> too_large;
  for (const Candidate& one : list) {
    if (!one.fits && !options.all) {
      too_large.push_back(fmt::format("{} ({:.0f} GiB as {})", one.shape->name,
                                      static_cast<double>(one.need.total) / kGiB, one.mix));
      continue;
    }
    const std::string speed = !one.most_tps
                                  ? "–"
                                  : fmt::format("{:.{}f}{}", *one.most_tps, *one.most_tps < 20 ? 1 : 0,
                                                *one.most_tps < kDeadZone ? " slow" : "");
    print_line(fmt::format(
        "{:<30}  {:<7}  {:>4.1f} GiB  {:>4.1f} GiB  {:>4.1f} GiB  {:>14}{}", one.shape->name, one.mix,
        static_cast<double>(one.need.weights) / kGiB, static_cast<double>(one.need.kv_cache) / kGiB,
        static_cast<double>(one.need.total) / kGiB, speed, one.fits ? "" : "  does not fit"));
  }
  print_line("");
  if (!too_large.empty()) say("Too large: " + join(too_large, ", ") + ".");
  say(
      fmt::format("AT MOST: the memory's bandwidth ÷ the weights that a token reads; a real engine stays "
                  "below it, most of all "
                  "where the processor is slow. slow: under {:.0f} tokens/s people wait for words.\nMeasure "
                  "one before you "
                  "download it: assay models synth NAME -q MIX, then assay bench -m FILE",
                  kDeadZone));
}

OrderedJson json_of(const std::vector<Candidate>& list, const Options& options, const Room& room) {
  OrderedJson rows = OrderedJson::array();
  for (const Candidate& one : list) {
    rows.push_back({{"model", one.shape->name},
                    {"quantisation", one.mix},
                    {"parameters", one.parameters},
                    {"weights_bytes", one.need.weights},
                    {"kv_cache_bytes", one.need.kv_cache},
                    {"total_bytes", one.need.total},
                    {"fits", one.fits},
                    {"decode_tps_at_most", one.most_tps ? OrderedJson(*one.most_tps) : OrderedJson()}});
  }
  return {{"schema", "assay.recommend/1"},
          {"assay_version", ASSAY_VERSION},
          {"room_bytes", room.bytes},
          {"bandwidth_bytes_per_s", room.bandwidth ? OrderedJson(*room.bandwidth) : OrderedJson()},
          {"context", options.context},
          {"rows", std::move(rows)}};
}

Exit recommend(const Shell& shell, const Options& options) {
  for (const std::string& mix : options.mixes) {
    if (const auto known = model::find_mix(mix); !known) return failed(known.error());
  }
  const auto room = room_of(options);
  if (!room)
    return failed({.code = Code::unsupported,
                   .where = {},
                   .found = "this system does not say how much memory is free",
                   .expected = {},
                   .remedy = "Name it: --ram 16"});
  const std::vector<Candidate> list = candidates(options, *room);
  if (shell.json)
    print_line(dump_pretty(json_of(list, options, *room)));
  else
    print_table(list, options, *room);
  return Exit::done;
}

}  // namespace

void add_recommend(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  command
      .add_option("--ram", options->ram,
                  "GiB of memory of another machine (8, 16, 32, …) instead of what is free here")
      ->check(CLI::Range(1.0, 4096.0));
  command
      .add_option("--bandwidth", options->bandwidth,
                  "GB/s that its memory reads; without it no speed is said for --ram")
      ->check(CLI::Range(1.0, 100000.0));
  command.add_option("--context", options->context, "Tokens of context")
      ->check(CLI::Range(256, 10'000'000))
      ->capture_default_str();
  command
      .add_option("-q,--quantisation", options->mixes,
                  "Only these mixes, from the first to try (default: Q8_0 to Q2_K)")
      ->delimiter(',');
  command.add_flag("--all", options->all, "Every mix, also those that do not fit");
  add_json_option(command, shell);
  command.footer(
      "Examples:\n"
      "  assay recommend                                  what fits here now\n"
      "  assay recommend --ram 16 --bandwidth 120         a laptop that you think of buying\n"
      "  assay recommend -q Q4_K_M --context 32768        one mix, a long context");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return recommend(shell, *options); }; });
}

}  // namespace assay::cli
