// Names of report files: made so that every file system takes them, and what they tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace assay::exchange {

/// The benchmark's name as the beginning of a file name: blanks, invisible characters and those that some
/// file system refuses become `_`; at most 120 bytes and one more.
std::string benchy_stem(std::string_view benchmark_name);

/// Date and time without a zone, as a file name tells it.
struct RunTime {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool operator==(const RunTime&) const = default;
};
/// From a name that ends in `_YYYYmmdd_HHMMSS.json`, or that with a number as `_2` before `.json`. Absent
/// when it does not, or the date does not exist.
std::optional<RunTime> benchy_run_time(std::string_view file_name);
/// "2026-01-02 03:04:05"
std::string text_of(const RunTime& time);
/// Since 1970 as if the time were UTC.
Nanos as_wall(const RunTime& time);
/// "_20260102_030405" of a moment, in UTC.
std::string benchy_time_suffix(Nanos wall);

}  // namespace assay::exchange
