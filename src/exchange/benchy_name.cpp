#include "exchange/benchy_name.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"

namespace assay::exchange {
namespace {

constexpr std::size_t kMostBytes = 120;

std::size_t length_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

std::uint32_t code_of(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  switch (character.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
    case 3: return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    default:
      return (byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U |
             (byte(3) & 0x3FU);
  }
}

/// Controls, what Windows or a shell refuses, and marks that turn the direction of text (a name could show
/// another ending than it has).
bool is_unfit(std::string_view character) {
  const std::uint32_t code = code_of(character);
  if (code <= 0x20 || (code >= 0x7F && code <= 0x9F)) return true;
  if (code < 0x80) return std::string_view("/\\:*?\"<>|").find(character.front()) != std::string_view::npos;
  const bool direction = code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  return direction || python_strip(character).empty();
}

/// Names that Windows keeps for devices, whatever follows their first dot.
bool is_device(std::string_view name) {
  const std::string stem = lower_ascii(name.substr(0, name.find('.')));
  static constexpr std::array<std::string_view, 4> kWhole{"con", "prn", "aux", "nul"};
  if (std::find(kWhole.begin(), kWhole.end(), stem) != kWhole.end()) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem[3] >= '1' &&
         stem[3] <= '9';
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::string benchy_stem(std::string_view benchmark_name) {
  const std::string valid = to_valid_utf8(benchmark_name);
  std::string stem;
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view character = rest.substr(0, length_of(rest.front()));
    rest.remove_prefix(character.size());
    if (is_unfit(character))
      stem += '_';
    else
      stem += character;
  }
  stem.erase(0, std::min(stem.find_first_not_of('.'), stem.size()));
  if (stem.size() > kMostBytes) stem.resize(whole_utf8_prefix(std::string_view(stem).substr(0, kMostBytes)));
  stem.erase(stem.find_last_not_of('.') + 1);
  if (stem.empty()) stem = "report";
  if (stem.front() == '-' || is_device(stem)) stem.insert(0, 1, '_');
  return stem;
}

std::optional<RunTime> benchy_run_time(std::string_view file_name) {
  constexpr std::string_view kEnding = ".json";
  if (!file_name.ends_with(kEnding)) return std::nullopt;
  std::string_view name = file_name.substr(0, file_name.size() - kEnding.size());
  constexpr std::size_t kLength = std::string_view("_20260102_030405").size();
  const std::size_t last = name.rfind('_');
  const bool counted =
      last != std::string_view::npos && name.size() - last <= 4 && is_digits(name.substr(last + 1));
  if (counted) name = name.substr(0, last);
  if (name.size() < kLength) return std::nullopt;
  const std::string_view stamp = name.substr(name.size() - kLength);
  if (stamp[0] != '_' || stamp[9] != '_' || !is_digits(stamp.substr(1, 8)) || !is_digits(stamp.substr(10)))
    return std::nullopt;
  const RunTime time{.year = number(stamp.substr(1, 4)),
                     .month = number(stamp.substr(5, 2)),
                     .day = number(stamp.substr(7, 2)),
                     .hour = number(stamp.substr(10, 2)),
                     .minute = number(stamp.substr(12, 2)),
                     .second = number(stamp.substr(14, 2))};
  const std::chrono::year_month_day date{std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day))};
  if (time.year == 0 || !date.ok() || time.hour > 23 || time.minute > 59 || time.second > 59)
    return std::nullopt;
  return time;
}

std::string text_of(const RunTime& time) {
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", time.year, time.month, time.day, time.hour,
                     time.minute, time.second);
}

Nanos as_wall(const RunTime& time) {
  const std::chrono::sys_days day{std::chrono::year(time.year) / time.month / time.day};
  const std::int64_t seconds = std::int64_t{time.hour} * 3600 + std::int64_t{time.minute} * 60 + time.second;
  const std::int64_t days = day.time_since_epoch().count();
  constexpr std::int64_t kDay = 86'400;
  // Nanoseconds in 64 bits end in the year 2262.
  const std::int64_t whole = std::clamp<std::int64_t>(days * kDay + seconds, 0, 9'000'000'000);
  return Nanos{whole * 1'000'000'000};
}

std::string benchy_time_suffix(Nanos wall) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t seconds = wall.count() / kSecond;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(seconds / kDay))};
  const std::int64_t rest = seconds % kDay;
  return fmt::format("_{:04}{:02}{:02}_{:02}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                     rest / 60 % 60, rest % 60);
}

}  // namespace assay::exchange
