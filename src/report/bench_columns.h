// Which settings vary over the rows of a bench: those get a column. Internal to the folder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "record/bench.h"

namespace assay::report {

struct SettingColumn {
  const char* name;      ///< as llama-bench heads it
  const char* standard;  ///< what it says when nobody asked
  std::string (*text)(const record::BenchRow& row);
};
/// Those that vary over the rows, or differ from the standard.
std::vector<SettingColumn> setting_columns(const record::BenchReport& report);

/// "330.06 MiB" and "494.01 M", as llama-bench prints them.
std::string size_text(std::uint64_t bytes);
std::string count_text(std::uint64_t parameters);

}  // namespace assay::report
