#include "cli/bench_options.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

using Words = std::vector<std::string>;

speed::Settings settings(const BenchOptions& options) {
  const auto read = settings_of(options);
  EXPECT_TRUE(read) << message(read.error().front());
  return read.value_or(speed::Settings{});
}

std::string trouble(const BenchOptions& options) {
  const auto read = settings_of(options);
  return read ? "no error" : message(read.error().front());
}

TEST(BenchOptions, FlashAttentionHasLlamaBenchsWords) {
  BenchOptions options;
  options.flash_attentions = {"1,on,true,enabled", "0,off,false,disabled", "-1,auto"};
  EXPECT_EQ(settings(options).flash_attentions,
            (Words{"on", "on", "on", "on", "off", "off", "off", "off", "auto", "auto"}));
  options.flash_attentions = {"ON"};  // there, too, an error
  EXPECT_NE(trouble(options).find("-fa ON; expected on, off or auto"), std::string::npos);
}

TEST(BenchOptions, FewerRepetitionsThanTheLeastAreTakenWhereNobodyNamedTheLeast) {
  BenchOptions options;
  options.most = 3;
  EXPECT_EQ(settings(options).limits.least, 3);
  EXPECT_EQ(settings(options).limits.most, 3);
  options.least = 4;
  EXPECT_NE(trouble(options).find("-r 4 with --max-reps 3"), std::string::npos);
  options.most = 0;
  options.least.reset();
  EXPECT_NE(trouble(options).find("at least 1"), std::string::npos);
}

TEST(BenchOptions, ALadderKeepsTheShapesOfAPreset) {
  BenchOptions options;
  options.ladder = true;
  EXPECT_EQ(settings(options).both.size(), 1U);
  options.preset = "quick";
  EXPECT_TRUE(settings(options).both.empty());
  EXPECT_EQ(settings(options).prompts, std::vector<std::uint32_t>{256});
  EXPECT_EQ(settings(options).paths.size(), 3U);
}

TEST(BenchOptions, AServerWantsALadder) {
  BenchOptions options;
  options.server = "auto";
  EXPECT_NE(trouble(options).find("--server without --ladder"), std::string::npos);
  options.ladder = true;
  EXPECT_EQ(settings(options).paths.back(), record::BenchPath::http);
}

}  // namespace
}  // namespace assay::cli
