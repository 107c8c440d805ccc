#include "cli/known_speeds.h"

#include <algorithm>

#include "base/file.h"
#include "base/json_members.h"
#include "meter/machine.h"

namespace assay::cli {
namespace {

constexpr std::uint64_t kLargestFile = 1ULL << 20U;
constexpr std::string_view kSchema = "assay.slices/1";

Json json_of(const std::optional<PredictedSpeed>& speed) {
  if (!speed) return nullptr;
  return {{"tps", speed->tps}, {"ci95", {speed->ci95.low, speed->ci95.high}}};
}

bool is_speed(const Json& value) {
  return value.is_number() && value.get<double>() > 0;
}

std::optional<PredictedSpeed> speed_from(const Json& json) {
  const auto tps = number_of(json, "tps");
  const Json* ci95 = list_of(json, "ci95");
  if (!tps || *tps <= 0 || ci95 == nullptr || ci95->size() != 2 || !is_speed((*ci95)[0]) ||
      !is_speed((*ci95)[1]))
    return std::nullopt;
  return PredictedSpeed{.tps = *tps,
                        .ci95 = {.low = (*ci95)[0].get<double>(), .high = (*ci95)[1].get<double>()}};
}

Json json_of(const SliceSpeed& one) {
  return {{"model", one.model},
          {"mix", one.mix},
          {"layers", one.layers},
          {"few", one.slices.few},
          {"more", one.slices.more},
          {"prefill", json_of(one.prefill)},
          {"decode", json_of(one.decode)},
          {"repetitions", one.repetitions},
          {"engine", one.engine},
          {"backend", one.backend},
          {"measured_ns", one.measured.count()}};
}

/// What another program wrote there may be anything: then it is as none.
std::optional<SliceSpeed> slice_from(const Json& json) {
  const auto speed = [&](const char* name) {
    const Json* told = object_of(json, name);
    return told == nullptr ? std::nullopt : speed_from(*told);
  };
  SliceSpeed one;
  one.model = text_of(json, "model");
  one.mix = text_of(json, "mix");
  one.layers = count_of(json, "layers").value_or(0);
  one.slices = {count_of(json, "few").value_or(0), count_of(json, "more").value_or(0)};
  one.prefill = speed("prefill");
  one.decode = speed("decode");
  one.repetitions = whole_of(json, "repetitions").value_or(0);
  one.engine = text_of(json, "engine");
  one.backend = text_of(json, "backend");
  one.measured = Nanos{static_cast<std::int64_t>(whole_of(json, "measured_ns").value_or(0))};
  if (one.model.empty() || one.mix.empty()) return std::nullopt;
  return one;
}

}  // namespace

KnownSpeeds::KnownSpeeds(const std::string& folder, const record::Machine& machine) : folder_(folder) {
  path_ = resolve(folder, "slices-" + meter::file_key(machine) + ".json");
  const auto text = read_file(path_, kLargestFile);
  const auto json = text ? parse_json(*text) : fail(text.error());
  const Json* slices = json && text_of(*json, "schema") == kSchema ? list_of(*json, "slices") : nullptr;
  if (slices == nullptr) return;
  for (const Json& one : *slices) {
    if (auto speed = slice_from(one)) all_.push_back(std::move(*speed));
  }
}

const SliceSpeed* KnownSpeeds::find(std::string_view model, std::string_view mix) const {
  const auto at = std::find_if(all_.begin(), all_.end(),
                               [&](const SliceSpeed& one) { return one.model == model && one.mix == mix; });
  return at == all_.end() ? nullptr : &*at;
}

Result<void> KnownSpeeds::keep(SliceSpeed speed) {
  std::erase_if(all_,
                [&](const SliceSpeed& one) { return one.model == speed.model && one.mix == speed.mix; });
  all_.push_back(std::move(speed));
  Json list = Json::array();
  for (const SliceSpeed& one : all_) list.push_back(json_of(one));
  if (auto made = make_folder(folder_); !made) return made;
  return write_file(path_, dump(Json{{"schema", kSchema}, {"slices", std::move(list)}}) + "\n");
}

}  // namespace assay::cli
