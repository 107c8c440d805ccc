// What was proven of each model before the first trial, as one table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace assay::cli {

struct CheckedModel {
  std::string label;
  std::string engine;                      ///< with its version where it is told: "llama.cpp 0.3.36"
  std::string server;                      ///< address; empty: no server
  std::optional<Nanos> load = {};          ///< absent: it was loaded already, or only its file was looked at
  std::optional<Nanos> base_latency = {};  ///< of an empty request
  std::string state;                       ///< "ready", "by its file", "not ready"
};

/// Lines with a rule under the header, in at most `width` columns.
std::string preflight_table(const std::vector<CheckedModel>& models, std::size_t width);

}  // namespace assay::cli
