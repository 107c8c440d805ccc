#include "report/bench_columns.h"

#include <array>

#include <fmt/format.h>

namespace assay::report {
namespace {

using record::BenchRow;

constexpr std::array kSettings{
    SettingColumn{"ngl", "–",
                  [](const BenchRow& row) {
                    return row.gpu_layers ? std::to_string(*row.gpu_layers) : std::string("–");
                  }},
    SettingColumn{"n_batch", "2048", [](const BenchRow& row) { return std::to_string(row.test.batch); }},
    SettingColumn{"n_ubatch", "512",
                  [](const BenchRow& row) { return std::to_string(row.test.micro_batch); }},
    SettingColumn{"type_k", "f16", [](const BenchRow& row) { return row.test.key_type; }},
    SettingColumn{"type_v", "f16", [](const BenchRow& row) { return row.test.value_type; }},
    SettingColumn{"fa", "auto", [](const BenchRow& row) { return row.test.flash_attention; }},
};

}  // namespace

std::vector<SettingColumn> setting_columns(const record::BenchReport& report) {
  std::vector<SettingColumn> columns;
  for (const SettingColumn& setting : kSettings) {
    for (const BenchRow& row : report.rows) {
      if (setting.text(row) == setting.standard) continue;
      columns.push_back(setting);
      break;
    }
  }
  return columns;
}

std::string path_text(const BenchRow& row) {
  switch (row.test.path) {
    case record::BenchPath::engine: return "engine";
    case record::BenchPath::sampling: return "+ sampling";
    case record::BenchPath::chat: return "+ template";
    case record::BenchPath::http: return "+ HTTP";
  }
  return {};
}

std::vector<const BenchRow*> own_rows(const record::BenchReport& report, std::uint32_t model) {
  std::vector<const BenchRow*> rows;
  for (const BenchRow& row : report.rows)
    if (row.model == model && row.source.empty()) rows.push_back(&row);
  return rows;
}

std::string number(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  return fmt::format("{:.{}f}", value, value >= 9.995 ? 1 : 2);
}

std::string spread_text(const stats::BenchFigures& figures) {
  if (!figures.ci95) return fmt::format("n={}", figures.n);
  return fmt::format("({}…{})", number(figures.ci95->low), number(figures.ci95->high));
}

std::string size_text(std::uint64_t bytes) {
  constexpr double kMiB = 1024.0 * 1024.0;
  const auto value = static_cast<double>(bytes);
  return value < 1024 * kMiB ? fmt::format("{:.2f} MiB", value / kMiB)
                             : fmt::format("{:.2f} GiB", value / 1024 / kMiB);
}

std::string count_text(std::uint64_t parameters) {
  const auto value = static_cast<double>(parameters);
  return value < 1e9 ? fmt::format("{:.2f} M", value / 1e6) : fmt::format("{:.2f} B", value / 1e9);
}

}  // namespace assay::report
