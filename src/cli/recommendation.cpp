#include "cli/recommendation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "backend/worker_environment.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_members.h"
#include "base/process.h"
#include "base/text.h"
#include "meter/bandwidth.h"
#include "meter/machine.h"
#include "model/facts.h"
#include "model/quant_mix.h"
#include "model/synth.h"

namespace assay::cli {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
constexpr std::uint64_t kLargestRecord = 64ULL << 20U;
// From the most to the least faithful; a model is shown with the first that fits.
constexpr std::array<std::string_view, 6> kMixes{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};
constexpr std::array<std::string_view, 2> kCoarse{"Q3_K_M", "Q2_K"};

std::optional<Candidate> candidate(const model::Shape& shape, std::string_view mix,
                                   const RecommendOptions& options, const Room& room) {
  const auto type = model::find_mix(mix);
  if (!type) return std::nullopt;
  const model::ModelFacts facts =
      model::describe(model::layout_of(shape, *type, shape.layers, shape.vocabulary));
  model::MemoryOptions memory;
  memory.context = std::min<std::uint64_t>(options.context, shape.context);
  const auto whole = model::kv_cache_bytes(facts, memory);
  memory.windows_alone = true;
  const auto need = model::memory_need(facts, memory);
  if (!need || !whole) return std::nullopt;
  Candidate one{.shape = &shape,
                .mix = std::string(type->name),
                .parameters = facts.parameters.value_or(0),
                .need = *need,
                .context = memory.context,
                .whole_cache = *whole};
  one.fits = need->total <= room.bytes;
  if (room.bandwidth && facts.bytes_per_token && *facts.bytes_per_token > 0)
    one.most_tps = *room.bandwidth / static_cast<double>(*facts.bytes_per_token);
  return one;
}

/// The shapes that are asked for, in the table's order.
Result<std::vector<const model::Shape*>> shapes_of(const std::vector<std::string>& names) {
  std::vector<const model::Shape*> named;
  for (const std::string& name : names) {
    auto known = model::shape_named(name);
    if (!known) return fail(known.error());
    named.push_back(*known);
  }
  std::vector<const model::Shape*> list;
  for (const model::Shape& shape : model::shapes()) {
    if (names.empty() || std::find(named.begin(), named.end(), &shape) != named.end()) list.push_back(&shape);
  }
  return list;
}

/// The mixes that are asked for, each once, in their order.
Result<std::vector<std::string_view>> mixes_of(const std::vector<std::string>& names) {
  std::vector<std::string_view> list;
  for (const std::string& name : names) {
    const auto known = model::find_mix(name);
    if (!known) return fail(known.error());
    if (std::find(list.begin(), list.end(), known->name) == list.end()) list.push_back(known->name);
  }
  if (list.empty()) list.assign(kMixes.begin(), kMixes.end());
  return list;
}

/// nan passes a range.
Result<void> are_numbers(const RecommendOptions& options) {
  for (const auto& [name, value] : {std::pair{"--ram", options.ram}, std::pair{"--vram", options.vram},
                                    std::pair{"--bandwidth", options.bandwidth}}) {
    if (std::isnan(value))
      return fail({.code = Code::bad_input,
                   .where = {},
                   .found = fmt::format("{} is no number", name),
                   .expected = "a size",
                   .remedy = {}});
  }
  return {};
}

/// A machine's record, or a document that has one as "machine", such as a bench.
Result<record::Machine> read_machine(const std::string& path) {
  const auto text = read_file(path, kLargestRecord);
  if (!text) return fail(text.error());
  const auto json = parse_json(*text);
  const Json* told = json && json->is_object() ? object_of(*json, "machine") : nullptr;
  if (json && told == nullptr && json->is_object()) told = &*json;
  record::Machine machine = told == nullptr ? record::Machine{} : record::machine_from_json(*told);
  if (!machine.memory_bytes && machine.cards.empty())
    return fail({.code = Code::bad_input,
                 .where = {.file = path},
                 .found = "no record of a machine with its memory",
                 .expected = "what assay bench -o json writes, or its member \"machine\"",
                 .remedy = {}});
  return machine;
}

std::optional<double> bandwidth_of(const record::Machine& machine, bool is_elsewhere) {
  if (is_elsewhere) return machine.bandwidth ? std::optional(machine.bandwidth->read) : std::nullopt;
  const auto cache = backend::cache_folder();
  const auto known =
      cache ? meter::known_bandwidth(machine, *cache, false) : meter::measure_bandwidth(machine);
  return known ? std::optional(known->read) : std::nullopt;
}

}  // namespace

Result<Room> room_of(const RecommendOptions& options) {
  if (auto numbers = are_numbers(options); !numbers) return fail(numbers.error());
  record::Machine machine;
  if (!options.machine.empty()) {
    auto read = read_machine(options.machine);
    if (!read) return fail(read.error());
    machine = std::move(*read);
  } else if (!options.is_elsewhere()) {
    machine = meter::describe_machine();
  }
  if (options.ram > 0) machine.memory_bytes = static_cast<std::uint64_t>(options.ram * kGiB);
  if (options.vram > 0)
    machine.cards = {{.name = fmt::format("a card of {:.0f} GiB", options.vram),
                      .memory_bytes = static_cast<std::uint64_t>(options.vram * kGiB),
                      .free_bytes = std::nullopt}};
  auto room = room_on(machine, options.is_elsewhere() ? std::nullopt : available_memory(), options.place);
  if (!room) return room;
  if (options.bandwidth > 0)
    room->bandwidth = options.bandwidth * 1e9;
  else if (room->place == Place::memory)
    room->bandwidth = bandwidth_of(machine, options.is_elsewhere());
  return room;
}

bool is_of(const SliceSpeed& speed, const Room& room) {
  const bool by_processors = speed.backend.empty() || speed.backend == "CPU";
  return room.place == Place::card ? !by_processors : by_processors || !room.has_card;
}

Result<std::vector<Candidate>> candidates(const RecommendOptions& options, const Room& room) {
  const auto mixes = mixes_of(options.mixes);
  if (!mixes) return fail(mixes.error());
  const auto shapes = shapes_of(options.models);
  if (!shapes) return fail(shapes.error());
  std::vector<Candidate> list;
  for (const model::Shape* shape : *shapes) {
    const std::size_t begin = list.size();
    std::size_t shown = begin;
    for (const std::string_view mix : *mixes) {
      auto one = candidate(*shape, mix, options, room);
      if (!one) continue;
      one->shown = options.all;
      if (list.size() > begin && !list[shown].fits) shown = list.size();
      list.push_back(std::move(*one));
    }
    if (list.size() > begin) list[shown].shown = true;
  }
  std::stable_sort(list.begin(), list.end(), [](const Candidate& a, const Candidate& b) {
    return a.fits != b.fits ? a.fits : a.parameters > b.parameters;
  });
  return list;
}

bool is_coarse(const Candidate& one, const RecommendOptions& options) {
  return options.mixes.empty() && std::find(kCoarse.begin(), kCoarse.end(), one.mix) != kCoarse.end();
}

const Candidate* pick(const std::vector<Candidate>& all, const RecommendOptions& options) {
  const Candidate* best = nullptr;
  for (const Candidate& one : all) {
    if (!one.fits || is_coarse(one, options) || !one.decode_tps() || one.slow()) continue;
    // Mixes come from the most faithful on, so the first of a model stays.
    if (best == nullptr || one.parameters > best->parameters) best = &one;
  }
  return best;
}

}  // namespace assay::cli
