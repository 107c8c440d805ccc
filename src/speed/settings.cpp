#include "speed/settings.h"

#include <array>

#include <fmt/format.h>

namespace assay::speed {
namespace {

using record::BenchTest;

constexpr std::size_t kMostTests = 500;

Settings as_llama_bench() {
  return {};
}

/// LocalScore's nine shapes: classification, summaries, code, essays, …
Settings localscore() {
  Settings settings;
  settings.prompts.clear();
  settings.generates.clear();
  settings.both = {{1024, 16},   {4096, 256}, {2048, 256}, {2048, 768}, {1024, 1024},
                   {1280, 3072}, {384, 1152}, {64, 1024},  {16, 1536}};
  settings.limits.time = std::chrono::minutes{10};
  return settings;
}

/// As long as a machine needs to get hot.
Settings sustained() {
  Settings settings;
  settings.prompts.clear();
  settings.generates.clear();
  settings.both = {{512, 128}};
  settings.limits = {.least = 5, .most = 1'000'000, .time = std::chrono::minutes{20}, .precision = 0};
  return settings;
}

Settings quick() {
  Settings settings;
  settings.prompts = {256};
  settings.generates = {32};
  settings.limits = {.least = 3, .most = 5, .time = std::chrono::seconds{20}, .precision = 0.05};
  return settings;
}

constexpr std::array kPresets{
    Preset{"llama-bench", "pp512 and tg128 (the default)", as_llama_bench},
    Preset{kLocalScore, "nine shapes and LocalScore's score", localscore},
    Preset{kSustained, "20 minutes of pp512+tg128: speed at the end ÷ at the start", sustained},
    Preset{"quick", "pp256 and tg32, 3 to 5 repetitions", quick},
};

}  // namespace

std::span<const Preset> presets() {
  return kPresets;
}

Result<std::vector<PlannedTest>> tests_of(const Settings& settings) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> shapes;
  for (const std::uint32_t prompt : settings.prompts)
    if (prompt > 0) shapes.emplace_back(prompt, 0);
  for (const std::uint32_t generate : settings.generates)
    if (generate > 0) shapes.emplace_back(0, generate);
  for (const auto& [prompt, generate] : settings.both)
    if (prompt + generate > 0) shapes.emplace_back(prompt, generate);
  if (shapes.empty())
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = "every test has zero tokens",
                 .expected = "at least one of -p, -n and -pg above 0",
                 .remedy = "Without these options pp512 and tg128 are measured"});

  std::vector<PlannedTest> tests;
  BenchTest test;
  for (const auto& layers : settings.gpu_layers)
    for (const std::uint32_t batch : settings.batches)
      for (const std::uint32_t micro_batch : settings.micro_batches)
        for (const std::string& key_type : settings.key_types)
          for (const std::string& value_type : settings.value_types)
            for (const std::string& flash : settings.flash_attentions)
              for (const auto& threads : settings.threads)
                for (const std::uint32_t depth : settings.depths)
                  for (const auto& [prompt, generate] : shapes)
                    for (const record::BenchPath path : settings.paths) {
                      tests.push_back({.gpu_layers = layers,
                                       .test = {.prompt = prompt,
                                                .generate = generate,
                                                .depth = depth,
                                                .batch = batch,
                                                .micro_batch = micro_batch,
                                                .threads = threads,
                                                .flash_attention = flash,
                                                .key_type = key_type,
                                                .value_type = value_type,
                                                .path = path}});
                      if (tests.size() > kMostTests)
                        return fail({.code = Code::bad_input,
                                     .where = {},
                                     .found = fmt::format("more than {} tests", kMostTests),
                                     .expected = "fewer combinations",
                                     .remedy = "Each list is multiplied with every other; measure in parts"});
                    }
  for (const PlannedTest& planned : tests) {
    if (planned.test.batch == 0 || planned.test.micro_batch == 0)
      return fail({.code = Code::bad_input,
                   .where = {},
                   .found = "a batch of zero tokens",
                   .expected = "-b and -ub above 0",
                   .remedy = {}});
    if (planned.test.threads == 0U)
      return fail({.code = Code::bad_input,
                   .where = {},
                   .found = "-t 0",
                   .expected = "at least one thread",
                   .remedy = {}});
  }
  return tests;
}

}  // namespace assay::speed
