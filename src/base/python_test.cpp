#include "base/python.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Python, strip_takes_its_own_white_space_only) {
  EXPECT_EQ(python_strip("\u00a0\u2003wide\u3000\n"), "wide");
  EXPECT_EQ(python_strip("\u200bzero\ufeff"), "\u200bzero\ufeff");
  EXPECT_EQ(python_strip("\x1c\x1f \x85"), "\x85") << "a lone byte is no U+0085";
  EXPECT_EQ(python_strip(" \t\r\n"), "");
  EXPECT_EQ(python_strip(""), "");
}

TEST(Python, floats_that_float_takes) {
  const std::pair<const char*, double> taken[] = {{"  +08.50 \n", 8.5},
                                                  {"1_2_3", 123},
                                                  {"1.e3", 1000},
                                                  {"1E+02", 100},
                                                  {".5", 0.5},
                                                  {"-7", -7},
                                                  {"1\u06602", 102},
                                                  {"\u0967\uff12", 12},
                                                  {"1e400", HUGE_VAL},
                                                  {"-iNfInItY", -HUGE_VAL},
                                                  {"2.5e-324", 5e-324},
                                                  {"2e-324", 0},
                                                  {"9007199254740993", 9007199254740992.0}};
  for (const auto& [text, value] : taken) {
    ASSERT_TRUE(python_float(text).has_value()) << text;
    EXPECT_EQ(*python_float(text), value) << text;
  }
  EXPECT_TRUE(std::isnan(python_float("NaN").value()));
  EXPECT_TRUE(std::signbit(python_float("-0").value()));
}

TEST(Python, floats_that_float_refuses) {
  for (const char* text : {"",       " ",       "1__2", "_1",      "1_",  "1_.5", "1._5",  "1e_3", "nan(1)",
                           "0x10",   "1,5",     "$1",   "1%",      "1 2", ".",    "e5",    "1e",   "+-1",
                           "\u00b2", "\u200b3", "--1",  "infinit", "1e+", "\xff", "\0341", "1\037"})
    EXPECT_FALSE(python_float(text).has_value()) << text;
}

TEST(Python, the_text_of_a_float) {
  const std::pair<double, const char*> texts[] = {
      {8.5, "8.5"},
      {123, "123.0"},
      {9999999999999998.0, "9999999999999998.0"},
      {1e16, "1e+16"},
      {0.0001, "0.0001"},
      {0.00001234, "1.234e-05"},
      {5e-324, "5e-324"},
      {0, "0.0"},
      {-0.0, "-0.0"},
      {HUGE_VAL, "inf"},
      {-HUGE_VAL, "-inf"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {0.1 + 0.2, "0.30000000000000004"},
      {-123456.789, "-123456.789"},
      {1e100, "1e+100"},
      {1.5e-7, "1.5e-07"},
      {100, "100.0"}};
  for (const auto& [value, text] : texts) EXPECT_EQ(python_float_text(value), text);
  EXPECT_EQ(python_float_text(std::nan("")), "nan");
}

TEST(Python, quoted_text) {
  EXPECT_EQ(python_quoted("a"), "'a'");
  EXPECT_EQ(python_quoted("it's"), "\"it's\"");
  EXPECT_EQ(python_quoted("both'\""), "'both\\'\"'");
  EXPECT_EQ(python_quoted("tab\t\\\r\n"), "'tab\\t\\\\\\r\\n'");
  EXPECT_EQ(python_quoted("nb\u00a0\u200b\x1b\u00ad"), "'nb\\xa0\\u200b\\x1b\\xad'");
  EXPECT_EQ(python_quoted("\U000e0001 \u00e9"), "'\\U000e0001 \u00e9'");
  EXPECT_EQ(python_quoted("\xff"), "'\ufffd'");
}

TEST(Python, newlines_of_text_mode) {
  EXPECT_EQ(python_newlines("a\r\nb\rc\n\r\n\r"), "a\nb\nc\n\n\n");
}

}  // namespace
}  // namespace assay
