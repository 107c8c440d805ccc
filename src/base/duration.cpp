#include "base/duration.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/number.h"

namespace assay {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// From large to small: format_duration takes the first that divides the value.
constexpr std::array<Unit, 7> kUnits{{{"h", 3'600'000'000'000},
                                      {"min", 60'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

}  // namespace

std::optional<Nanos> parse_duration(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || number->value < 0) return std::nullopt;
  std::string_view unit = text.substr(number->length);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    const double nanos = number->value * static_cast<double>(known.nanos);
    if (nanos > 9.2e18) return std::nullopt;  // more than 292 years does not fit
    return Nanos{std::llround(nanos)};
  }
  return std::nullopt;
}

std::string format_duration(Nanos value) {
  if (value.count() == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (value.count() % unit.nanos == 0) return fmt::format("{}{}", value.count() / unit.nanos, unit.name);
  }
  return fmt::format("{}ns", value.count());
}

std::string human_duration(Nanos value) {
  const double s = static_cast<double>(value.count()) / 1e9;
  if (s < 1e-3) return fmt::format("{:.3g} us", s * 1e6);
  if (s < 1) return fmt::format("{:.3g} ms", s * 1e3);
  if (s < 60) return fmt::format("{:.3g} s", s);
  const auto whole = static_cast<std::int64_t>(std::llround(s));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace assay
