#include "model/tensor_type.h"

#include <gtest/gtest.h>

namespace assay::model {
namespace {

TEST(TensorType, by_number_and_by_name) {
  EXPECT_EQ(tensor_type(12)->name, "Q4_K");
  EXPECT_EQ(tensor_type("q4_k")->block_bytes, 144U);
  EXPECT_FALSE(tensor_type(4));  // retired
  EXPECT_FALSE(tensor_type(1000));
  EXPECT_FALSE(tensor_type("Q4"));
}

TEST(TensorType, every_file_type_is_named_after_a_known_tensor_type) {
  int known = 0;
  for (std::uint32_t id = 0; id < 1024; ++id) {
    if (const auto type = file_type(id)) {
      EXPECT_TRUE(tensor_type(type->main)) << type->name;
      ++known;
    }
  }
  EXPECT_EQ(known, 36);
}

}  // namespace
}  // namespace assay::model
