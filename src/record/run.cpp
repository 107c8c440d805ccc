#include "record/run.h"

#include <algorithm>
#include <array>

namespace assay::record {
namespace {

constexpr std::array<std::string_view, 4> kStates{"running", "finished", "interrupted", "failed"};
// Crockford's base 32: no i, l, o, u, so an id survives being read aloud.
constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";

std::string digits(std::uint64_t value, std::size_t count) {
  std::string text(count, '0');
  for (std::size_t i = count; i-- > 0; value >>= 5U) text[i] = kDigits[value & 31U];
  return text;
}

}  // namespace

std::string_view name_of(RunState state) {
  return kStates[static_cast<std::size_t>(state)];
}

RunState run_state_from(std::string_view name) {
  const auto at = std::find(kStates.begin(), kStates.end(), name);
  return at == kStates.end() ? RunState::failed : static_cast<RunState>(at - kStates.begin());
}

std::string_view name_of(RunKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"suite", "bench", "report"};
  return kNames[static_cast<std::size_t>(kind)];
}

RunKind kind_of(const Json& options) {
  if (!options.is_object()) return RunKind::suite;
  if (options.contains("imported")) return RunKind::report;
  const auto kind = options.find("kind");
  return kind != options.end() && *kind == "bench" ? RunKind::bench : RunKind::suite;
}

std::string new_run_id(Nanos wall, std::uint64_t random) {
  // 45 bits of milliseconds last until the year 3084.
  const auto milliseconds = static_cast<std::uint64_t>(wall.count() / 1'000'000);
  return digits(milliseconds, 9) + digits(random, 7);
}

}  // namespace assay::record
