#include "model/slices.h"

#include <gtest/gtest.h>

#include "model/facts.h"
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

}  // namespace
}  // namespace assay::model
