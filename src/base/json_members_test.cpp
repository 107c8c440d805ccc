// Members of JSON that a stranger wrote: of another type or out of range is absent.
#include "base/json_members.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

const Json kObject = {{"text", "a"},         {"flag", true}, {"real", 1.5},
                      {"minus", -3},         {"seven", 7},   {"big", 4294967296U},
                      {"huge", 1ULL << 63U}, {"list", {1}},  {"null", Json()}};

TEST(JsonMembers, each_reads_its_own_type_alone) {
  EXPECT_EQ(text_of(kObject, "text"), "a");
  EXPECT_EQ(text_of(kObject, "flag"), "");
  EXPECT_EQ(flag_of(kObject, "flag"), true);
  EXPECT_EQ(flag_of(kObject, "seven"), std::nullopt);
  EXPECT_EQ(number_of(kObject, "real"), 1.5);
  EXPECT_EQ(number_of(kObject, "minus"), -3);
  EXPECT_EQ(number_of(kObject, "text"), std::nullopt);
  ASSERT_NE(list_of(kObject, "list"), nullptr);
  EXPECT_EQ(list_of(kObject, "text"), nullptr);
  EXPECT_EQ(object_of(kObject, "list"), nullptr);
  EXPECT_EQ(number_of(kObject, "null"), std::nullopt);
}

TEST(JsonMembers, whole_numbers_have_a_range) {
  EXPECT_EQ(whole_of(kObject, "seven"), 7U) << "made of an int here, which the library keeps as signed";
  EXPECT_EQ(whole_of(kObject, "huge"), 1ULL << 63U);
  EXPECT_EQ(whole_of(kObject, "minus"), std::nullopt);
  EXPECT_EQ(whole_of(kObject, "real"), std::nullopt);
  EXPECT_EQ(count_of(kObject, "seven"), 7U);
  EXPECT_EQ(count_of(kObject, "big"), std::nullopt);
  EXPECT_EQ(int_of(kObject, "minus"), -3);
  EXPECT_EQ(int_of(kObject, "big"), std::nullopt);
  EXPECT_EQ(int_of(kObject, "huge"), std::nullopt);
  EXPECT_EQ(int_of(kObject, "real"), std::nullopt);
}

TEST(JsonMembers, what_is_no_object_has_none) {
  for (const Json& other : {Json(), Json(1), Json("text"), Json::array({1}), Json(true)}) {
    EXPECT_EQ(text_of(other, "text"), "");
    EXPECT_EQ(whole_of(other, "seven"), std::nullopt);
    EXPECT_EQ(int_of(other, "seven"), std::nullopt);
    EXPECT_EQ(flag_of(other, "flag"), std::nullopt);
    EXPECT_EQ(list_of(other, "list"), nullptr);
    EXPECT_EQ(object_of(other, "object"), nullptr);
  }
}

}  // namespace
}  // namespace assay
