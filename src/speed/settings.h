// What a bench measures: options and presets → the list of tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "record/bench.h"

namespace assay::speed {

/// When a row has enough repetitions.
struct Limits {
  int least = 5;
  int most = 20;
  Nanos time = std::chrono::seconds{120};  ///< of all timed repetitions of one row together
  double precision = 0.02;                 ///< half of the 95 % interval of the median ÷ the median
};

/// As given on the command line; every combination is measured.
struct Settings {
  std::vector<std::uint32_t> prompts{512};
  std::vector<std::uint32_t> generates{128};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> both;  ///< prompt and then generate
  std::vector<std::uint32_t> depths{0};
  std::vector<std::uint32_t> batches{2048};
  std::vector<std::uint32_t> micro_batches{512};
  std::vector<std::optional<std::uint32_t>> threads{std::nullopt};
  std::vector<std::optional<int>> gpu_layers{std::nullopt};
  std::vector<std::string> flash_attentions{"auto"};
  std::vector<std::string> key_types{"f16"};
  std::vector<std::string> value_types{"f16"};
  std::vector<record::BenchPath> paths{record::BenchPath::engine};
  Limits limits;
};

struct Preset {
  std::string_view name;
  std::string_view help;
  Settings (*settings)();
};
std::span<const Preset> presets();
inline constexpr std::string_view kLocalScore = "localscore";
inline constexpr std::string_view kSustained = "sustained";

struct PlannedTest {
  std::optional<int> gpu_layers;
  record::BenchTest test;
};
/// Every combination, in llama-bench's order; tests of zero tokens are left out, as there.
/// Errors: bad_input when nothing is left, or more than 500 tests.
Result<std::vector<PlannedTest>> tests_of(const Settings& settings);

}  // namespace assay::speed
