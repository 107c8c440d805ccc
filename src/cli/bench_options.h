// The options of `assay bench`: llama-bench's names and lists → what is measured.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "speed/settings.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct BenchOptions {
  std::vector<std::string> models;
  std::vector<std::string> prompts, generates, both, depths;  // as written
  std::vector<std::string> batches, micro_batches, threads, gpu_layers, flash_attentions, key_types,
      value_types;
  std::optional<int> least, most;
  std::optional<std::string> time;
  std::optional<double> precision;
  std::string preset;
  std::optional<std::string> format;  ///< absent: table
  std::vector<std::string> beside;
  std::string label;
  std::string server;  ///< start command of a server for the row "+ HTTP"
  std::uint64_t seed = 1;
  bool ladder = false;
  bool sampling = false;
  bool quiet = false;
};

void add_bench_options(CLI::App& command, BenchOptions& options);
/// The preset with what the options say instead. Errors: every option that cannot be read.
tl::expected<speed::Settings, Errors> settings_of(const BenchOptions& options);

}  // namespace assay::cli
