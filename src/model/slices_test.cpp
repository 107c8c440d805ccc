#include "model/slices.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "model/facts.h"
#include "model/memory.h"
#include "model/quant_mix.h"
#include "model/synth.h"

namespace assay::model {
namespace {

std::uint64_t bytes_of(const Shape& shape, const FileType& mix, std::uint32_t layers) {
  return describe(layout_of(shape, mix, layers, shape.vocabulary)).tensor_bytes;
}

TEST(Slices, AreTwoPartsOfEveryModelThatIsNotSmall) {
  for (const Shape& shape : shapes()) {
    for (const char* name : {"Q8_0", "Q4_K_M", "Q2_K"}) {
      const FileType mix = *find_mix(name);
      const Slices slices = slices_of(shape, mix);
      SCOPED_TRACE(std::string(shape.name) + " " + name);
      if (slices.whole()) {
        EXPECT_EQ(slices.more, shape.layers);
        EXPECT_LE(bytes_of(shape, mix, shape.layers), 256ULL << 20U);
        continue;
      }
      EXPECT_GE(slices.few, 1U);
      EXPECT_GT(slices.more, slices.few + 1) << "a difference of one layer is mostly noise";
      EXPECT_LE(slices.more, shape.layers / 2);
      const Reach reach = reach_of(shape, mix, slices);
      EXPECT_GT(reach.prefill, 1);
      EXPECT_GT(reach.decode, 1);
      // A mix gives the first layers other types than most, so the bytes of the rest are not those of as many
      // layers.
      EXPECT_NEAR(reach.decode / reach.prefill, 1, 0.2);
    }
  }
}

TEST(Slices, OfLayersThatAreAllAlikeReachAsFarAsTheyAreMany) {
  const Shape& shape = *find_shape("llama-3.1-8b");
  const FileType mix = *find_mix("Q8_0");
  const Reach reach = reach_of(shape, mix, {2, 8});
  EXPECT_DOUBLE_EQ(reach.prefill, (32.0 - 2) / 6);
  EXPECT_NEAR(reach.decode, 5, 1e-9);
  EXPECT_DOUBLE_EQ(reach_of(shape, mix, {32, 32}).decode, 1);
}

struct Figures {
  double parameters = 0;
  double weights = 0;
  double per_token = 0;  ///< bytes that a decoded token reads
  double cache = 0;      ///< KV bytes at 8192 tokens
  double need = 0;       ///< memory, all together
};

Figures figures_of(const Gguf& file) {
  const ModelFacts facts = describe(file);
  const MemoryOptions options{.context = 8192, .processor = Processor::other};
  const auto need = memory_need(facts, options);
  EXPECT_TRUE(need && facts.parameters && facts.bytes_per_token);
  return {.parameters = static_cast<double>(*facts.parameters),
          .weights = static_cast<double>(facts.tensor_bytes),
          .per_token = static_cast<double>(*facts.bytes_per_token),
          .cache = static_cast<double>(need->kv_cache),
          .need = static_cast<double>(need->total)};
}

/// On the line through both slices ÷ the whole model's own.
Figures extrapolated(const Shape& shape, const char* mix, double reach, const Slices& slices) {
  const FileType type = *find_mix(mix);
  const auto at = [&](std::uint32_t layers) {
    return figures_of(layout_of(shape, type, layers, shape.vocabulary));
  };
  const Figures few = at(slices.few);
  const Figures more = at(slices.more);
  const Figures all = at(shape.layers);
  const auto ratio = [&](double Figures::*one) {
    return (few.*one + reach * (more.*one - few.*one)) / (all.*one);
  };
  return {.parameters = ratio(&Figures::parameters),
          .weights = ratio(&Figures::weights),
          .per_token = ratio(&Figures::per_token),
          .cache = ratio(&Figures::cache),
          .need = ratio(&Figures::need)};
}

// A slice tells what the whole model is: parameters and KV cache, which every layer has alike, exactly; of a
// mix that gives some layers more bits, bytes by layers alone within what is stated here, for every shape of
// the table.
TEST(Slices, TellTheWholeModelsFigures) {
  const std::map<std::string, double> off_by{{"F16", 1e-9},  {"Q8_0", 1e-9},   {"Q6_K", 1e-9},
                                             {"Q4_0", 1e-9}, {"Q4_K_M", 0.08}, {"Q2_K", 1e-9}};
  for (const Shape& shape : shapes()) {
    for (const auto& [mix, most] : off_by) {
      const Slices slices = slices_of(shape, *find_mix(mix));
      if (slices.whole()) continue;
      SCOPED_TRACE(std::string(shape.name) + " " + mix);
      const Reach reach = reach_of(shape, *find_mix(mix), slices);
      const Figures by_layers = extrapolated(shape, mix.c_str(), reach.prefill, slices);
      EXPECT_NEAR(by_layers.parameters, 1, 1e-9);
      EXPECT_NEAR(by_layers.cache, 1, 1e-9);
      EXPECT_NEAR(by_layers.weights, 1, most);
      EXPECT_NEAR(by_layers.per_token, 1, most);
      EXPECT_NEAR(by_layers.need, 1, most);
      // The prediction of decoding goes by bytes instead, and lands on them.
      EXPECT_NEAR(extrapolated(shape, mix.c_str(), reach.decode, slices).per_token, 1, 1e-9);
    }
  }
}

// The same of files: what `assay models synth --layers` writes.
TEST(Slices, OfFilesTellTheWholeFilesSize) {
  const Shape shape{"small", "llama", 12, 256, 4, 2, 64, 512, 320, 2048, 1e4, false};
  for (const char* mix : {"F16", "Q8_0", "Q4_K_M"}) {
    SCOPED_TRACE(mix);
    const auto size = [&](std::uint32_t layers) {
      const std::string path = ::testing::TempDir() + "assay_slice_" + std::to_string(::getpid());
      const std::atomic<bool> stop{false};
      EXPECT_TRUE(write_synth(
          shape, {.mix = mix, .layers = layers}, path, [](std::uint64_t) {}, stop));
      const auto facts = inspect(path);
      std::filesystem::remove(path);
      EXPECT_TRUE(facts);
      return facts ? static_cast<double>(facts->file_bytes) : 0.0;
    };
    const double few = size(2);
    const double more = size(4);
    EXPECT_NEAR((few + 5 * (more - few)) / size(12), 1, std::string(mix) == "Q4_K_M" ? 0.08 : 0.005);
  }
}

}  // namespace
}  // namespace assay::model
