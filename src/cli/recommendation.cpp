#include "cli/recommendation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "backend/worker_environment.h"
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
// What a system of so much memory leaves for a model: macOS lets the GPU have two thirds to three quarters of
// it, and elsewhere a browser and the system want as much.
constexpr double kUsableShare = 0.7;
// From the most to the least faithful; a model is shown with the first that fits.
constexpr std::array<std::string_view, 6> kMixes{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};

std::optional<Candidate> candidate(const model::Shape& shape, std::string_view mix,
                                   const RecommendOptions& options, const Room& room) {
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

/// The shapes that are asked for, in the table's order.
Result<std::vector<const model::Shape*>> shapes_of(const std::vector<std::string>& names) {
  std::vector<const model::Shape*> list;
  for (const model::Shape& shape : model::shapes()) {
    if (names.empty() || std::find(names.begin(), names.end(), shape.name) != names.end())
      list.push_back(&shape);
  }
  for (const std::string& name : names) {
    if (auto known = model::shape_named(name); !known) return fail(known.error());
  }
  return list;
}

}  // namespace

std::optional<Room> room_of(const RecommendOptions& options) {
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

Result<std::vector<Candidate>> candidates(const RecommendOptions& options, const Room& room) {
  for (const std::string& mix : options.mixes) {
    if (const auto known = model::find_mix(mix); !known) return fail(known.error());
  }
  const auto shapes = shapes_of(options.models);
  if (!shapes) return fail(shapes.error());
  std::vector<std::string> mixes = options.mixes;
  if (mixes.empty()) mixes.assign(kMixes.begin(), kMixes.end());
  std::vector<Candidate> list;
  for (const model::Shape* shape : *shapes) {
    std::optional<Candidate> shown;
    for (const std::string& mix : mixes) {
      auto one = candidate(*shape, mix, options, room);
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

}  // namespace assay::cli
