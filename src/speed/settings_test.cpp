#include "speed/settings.h"

#include <gtest/gtest.h>

namespace assay::speed {
namespace {

std::vector<std::string> names(const Settings& settings) {
  std::vector<std::string> list;
  const auto tests = tests_of(settings);
  EXPECT_TRUE(tests) << message(tests.error());
  if (!tests) return list;
  for (const PlannedTest& planned : *tests) list.push_back(name_of(planned.test));
  return list;
}

using Names = std::vector<std::string>;

TEST(Tests, AreNamedAndOrderedAsInLlamaBench) {
  EXPECT_EQ(names({}), (Names{"pp512", "tg128"}));
  Settings settings;
  settings.prompts = {0, 64};
  settings.generates = {32};
  settings.both = {{512, 128}, {0, 0}};
  settings.depths = {0, 4096};
  EXPECT_EQ(names(settings),
            (Names{"pp64", "tg32", "pp512+tg128", "pp64 @ d4096", "tg32 @ d4096", "pp512+tg128 @ d4096"}));
}

TEST(Tests, EveryCombinationIsOne) {
  Settings settings;
  settings.generates.clear();
  settings.threads = {1U, 2U};
  settings.key_types = {"f16", "q8_0"};
  settings.gpu_layers = {0, 99};
  const auto tests = tests_of(settings);
  ASSERT_TRUE(tests);
  EXPECT_EQ(tests->size(), 8U);
  EXPECT_EQ(tests->front().gpu_layers, 0);
  EXPECT_EQ(tests->back().gpu_layers, 99);
  EXPECT_EQ(tests->at(1).test.threads, 2U);
}

TEST(Tests, ImpossibleOnesAreRefused) {
  Settings none;
  none.prompts = {0};
  none.generates = {0};
  EXPECT_NE(message(tests_of(none).error()).find("zero tokens"), std::string::npos);
  Settings batch;
  batch.batches = {0};
  EXPECT_NE(message(tests_of(batch).error()).find("batch of zero"), std::string::npos);
  Settings threads;
  threads.threads = {0U};
  EXPECT_NE(message(tests_of(threads).error()).find("at least one thread"), std::string::npos);
  Settings many;
  for (std::uint32_t i = 1; i <= 600; ++i) many.prompts.push_back(i);
  EXPECT_NE(message(tests_of(many).error()).find("more than 500 tests"), std::string::npos);
}

TEST(Presets, LocalScoreHasItsNineShapes) {
  for (const Preset& preset : presets()) {
    if (preset.name == kLocalScore) {
      EXPECT_EQ(names(preset.settings()).size(), 9U);
      EXPECT_EQ(names(preset.settings()).front(), "pp1024+tg16");
    } else {
      EXPECT_FALSE(names(preset.settings()).empty()) << preset.name;
    }
  }
}

}  // namespace
}  // namespace assay::speed
