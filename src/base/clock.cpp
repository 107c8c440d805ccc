#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace assay {
namespace {

Nanos read_clock(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return std::chrono::seconds{t.tv_sec} + Nanos{t.tv_nsec};
}

#ifdef __APPLE__
constexpr clockid_t kMonotonic = CLOCK_UPTIME_RAW;
#else
constexpr clockid_t kMonotonic = CLOCK_MONOTONIC;
#endif

}  // namespace

Nanos SystemClock::now() {
  return read_clock(kMonotonic);
}

void SystemClock::sleep_until(Nanos until) {
  for (Nanos left = until - now(); left.count() > 0; left = until - now()) {
    timespec t{};
    t.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
    t.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
    nanosleep(&t, nullptr);
  }
}

Nanos SystemClock::wall() {
  return read_clock(CLOCK_REALTIME);
}

std::string rfc3339(Nanos wall) {
  const auto seconds = static_cast<time_t>(wall.count() / 1'000'000'000);
  const auto rest = wall.count() % 1'000'000'000;
  tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, rest);
}

}  // namespace assay
