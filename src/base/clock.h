// The one clock of all measurements, behind an interface so that tests are exact and take no time.
#pragma once

#include <chrono>
#include <string>

namespace assay {

/// Nanoseconds of the machine's monotonic clock: CLOCK_MONOTONIC on Linux, CLOCK_UPTIME_RAW on macOS. The
/// same in every process of this machine, so a worker's stamps and ours can be subtracted. (Not steady_clock:
/// on macOS it counts on during sleep and disagrees with other processes.)
using Nanos = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanos now() = 0;
  /// Returns when now() >= until. Never used inside a measured window.
  virtual void sleep_until(Nanos until) = 0;
  /// Wall-clock time in nanoseconds since 1970, UTC: for people, never for differences.
  virtual Nanos wall() = 0;
};

class SystemClock final : public Clock {
 public:
  Nanos now() override;
  void sleep_until(Nanos until) override;
  Nanos wall() override;
};

/// A clock that a test moves by hand. sleep_until() jumps there at once.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Nanos start = Nanos{0}, Nanos wall_start = Nanos{1'700'000'000'000'000'000})
      : now_(start), wall_offset_(wall_start - start) {}
  Nanos now() override { return now_; }
  void sleep_until(Nanos until) override {
    if (until > now_) now_ = until;
  }
  Nanos wall() override { return now_ + wall_offset_; }
  void advance(Nanos by) { now_ += by; }

 private:
  Nanos now_;
  Nanos wall_offset_;
};

/// RFC 3339 in UTC with nanoseconds: "2026-03-01T12:00:00.000000000Z".
std::string rfc3339(Nanos wall);

}  // namespace assay
