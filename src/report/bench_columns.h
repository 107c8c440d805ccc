// Which settings vary over the rows of a bench (those get a column), and how its figures are written.
// Internal to the folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "record/bench.h"
#include "stats/bench_figures.h"

namespace assay::report {

struct SettingColumn {
  const char* name;      ///< as llama-bench heads it
  const char* standard;  ///< what it says when nobody asked
  std::string (*text)(const record::BenchRow& row);
};
/// Those that vary over the rows, or differ from the standard.
std::vector<SettingColumn> setting_columns(const record::BenchReport& report);

/// Of one model, measured here: not those of files beside.
std::vector<const record::BenchRow*> own_rows(const record::BenchReport& report, std::uint32_t model);

/// How a row was measured: "engine", "+ sampling", "+ template", "+ HTTP".
std::string path_text(const record::BenchRow& row);

/// Three digits, or all before the point.
std::string number(double value);
/// "(55.0…57.1)", or "n=2" where there is no interval.
std::string spread_text(const stats::BenchFigures& figures);

/// "330.06 MiB" and "494.01 M", as llama-bench prints them.
std::string size_text(std::uint64_t bytes);
std::string count_text(std::uint64_t parameters);

}  // namespace assay::report
