#include "speed/ranges.h"

#include <gtest/gtest.h>

namespace assay::speed {
namespace {

using Values = std::vector<std::int64_t>;

Values of(std::string_view text, bool negative = false) {
  const auto values = parse_range(text, "-x", negative);
  EXPECT_TRUE(values) << message(values.error());
  return values.value_or(Values{});
}

std::string trouble(std::string_view text) {
  const auto values = parse_range(text, "-x");
  return values ? "no error" : message(values.error());
}

TEST(Ranges, AreLlamaBenchs) {
  EXPECT_EQ(of("512"), Values{512});
  EXPECT_EQ(of("512,1024"), (Values{512, 1024}));
  EXPECT_EQ(of("1-4"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(of("0-128+32"), (Values{0, 32, 64, 96, 128}));
  EXPECT_EQ(of("0-100+32"), (Values{0, 32, 64, 96}));
  EXPECT_EQ(of("1-8*2"), (Values{1, 2, 4, 8}));
  EXPECT_EQ(of("1-8*2,3,5-6"), (Values{1, 2, 4, 8, 3, 5, 6}));
  EXPECT_EQ(of("7-7"), Values{7});
  EXPECT_EQ(of("512,1-2,"), (Values{512, 1, 2}));
  EXPECT_EQ(of("-1,99", true), (Values{-1, 99}));
}

TEST(Ranges, ThatCannotBeReadSayWhy) {
  EXPECT_NE(trouble("").find("-x : '' is no number"), std::string::npos) << trouble("");
  EXPECT_NE(trouble("a").find("'a' is no number"), std::string::npos);
  for (const char* text : {",", ",1", "1,,", "1,,2"})
    EXPECT_NE(trouble(text).find("'' is no number"), std::string::npos) << text;
  EXPECT_NE(trouble("1-").find("'1-' has no end"), std::string::npos);
  EXPECT_NE(trouble("1-8/2").find("'1-8/2' has no step"), std::string::npos);
  EXPECT_NE(trouble("1-8*").find("has no step"), std::string::npos);
  EXPECT_NE(trouble("8-1").find("8 to 1 is empty"), std::string::npos);
  EXPECT_NE(trouble("1-8*1").find("never ends"), std::string::npos);
  EXPECT_NE(trouble("0-8*2").find("never ends"), std::string::npos);
  EXPECT_NE(trouble("1-8+0").find("never ends"), std::string::npos);
  EXPECT_NE(trouble("1-1000000").find("more than 1000 values"), std::string::npos);
  EXPECT_NE(trouble("12x").find("cannot be read"), std::string::npos);
  EXPECT_NE(trouble("-5").find("negative"), std::string::npos);
  EXPECT_NE(trouble("99999999999999999999").find("is no number"), std::string::npos);
  EXPECT_NE(trouble("5").find("no error"), std::string::npos);
}

TEST(Ranges, PairsAreTwoNumbers) {
  EXPECT_EQ(parse_pair("512,128", "-pg"), (std::pair<std::uint32_t, std::uint32_t>(512, 128)));
  for (const char* wrong : {"", "512", "512,", "512,128,1", "a,b", "-1,2", "1 ,2"})
    EXPECT_FALSE(parse_pair(wrong, "-pg")) << wrong;
}

}  // namespace
}  // namespace assay::speed
