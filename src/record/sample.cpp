#include "record/sample.h"

#include <algorithm>
#include <array>

namespace assay::record {
namespace {

constexpr std::array<std::string_view, 4> kStatuses{"ok", "timeout", "error", "cancelled"};
constexpr std::array<std::string_view, 5> kSources{"none", "engine", "usage", "tokenizer", "chunks"};
// In the order of the bits of Flag.
constexpr std::array<std::string_view, 14> kFlags{
    "truncated_prompt", "incomplete",     "cached_prefix",    "early_stop",     "throttled",
    "contended",        "on_battery",     "low_power_mode",   "client_bound",   "batched",
    "drifting",         "count_mismatch", "param_unverified", "estimated_count"};

template <class Names>
std::size_t index_of(const Names& names, std::string_view name, std::size_t otherwise) {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? otherwise : static_cast<std::size_t>(at - names.begin());
}

}  // namespace

std::string_view name_of(Status status) {
  return kStatuses[static_cast<std::size_t>(status)];
}

Status status_from(std::string_view name) {
  return static_cast<Status>(index_of(kStatuses, name, static_cast<std::size_t>(Status::error)));
}

std::string_view name_of(CountSource source) {
  return kSources[static_cast<std::size_t>(source)];
}

CountSource count_source_from(std::string_view name) {
  return static_cast<CountSource>(index_of(kSources, name, 0));
}

std::vector<std::string> names_of(Flags flags) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    if ((flags >> i & 1U) != 0) names.emplace_back(kFlags[i]);
  }
  return names;
}

Flags flags_from(const std::vector<std::string>& names) {
  Flags flags = 0;
  for (const std::string& name : names) {
    const std::size_t index = index_of(kFlags, name, kFlags.size());
    if (index < kFlags.size()) flags |= 1U << index;
  }
  return flags;
}

}  // namespace assay::record
