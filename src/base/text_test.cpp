#include "base/text.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Text, trim_takes_ascii_blanks_only) {
  EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x");  // a no-break space is text
}

TEST(Text, split_keeps_empty_parts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, invalid_utf8_is_found_at_its_byte) {
  EXPECT_EQ(first_invalid_utf8("grüße 🎉"), std::nullopt);
  EXPECT_EQ(first_invalid_utf8("ab\xff"), 2U);
  EXPECT_EQ(first_invalid_utf8("\xC0\xAF"), 0U);          // overlong
  EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0U);      // a surrogate
  EXPECT_EQ(first_invalid_utf8("\xF4\x90\x80\x80"), 0U);  // beyond U+10FFFF
  EXPECT_EQ(first_invalid_utf8("x\xE2\x82"), 1U);         // cut off
}

TEST(Text, invalid_bytes_become_replacement_characters_one_each) {
  EXPECT_EQ(to_valid_utf8("a\xff\xfe z"), "a\xEF\xBF\xBD\xEF\xBF\xBD z");
}

TEST(Text, code_points_become_one_to_four_bytes) {
  std::string out;
  for (const std::uint32_t c : {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU})
    append_utf8(c, out);
  EXPECT_EQ(out, "A\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
  EXPECT_EQ(first_invalid_utf8(out), std::nullopt);
}

TEST(Text, a_prefix_never_ends_inside_a_character) {
  const std::string euro = "1€";
  EXPECT_EQ(whole_utf8_prefix(euro), 4U);
  EXPECT_EQ(whole_utf8_prefix(euro.substr(0, 3)), 1U);
  EXPECT_EQ(whole_utf8_prefix(euro.substr(0, 2)), 1U);
  EXPECT_EQ(whole_utf8_prefix("\xF0\x9F\x8E"), 0U);
  EXPECT_EQ(whole_utf8_prefix("\xBF\xBF\xBF\xBF"), 4U);  // no beginning in reach: invalid anyway
}

TEST(Text, printable_escapes_what_steers_a_terminal) {
  EXPECT_EQ(printable("a\nb\tc\x1b[31m", 80), "a\\nb\\tc\\x1b[31m");
  EXPECT_EQ(printable("x\xE2\x80\xAEy", 80), "x\\u202ey");  // right-to-left override
  EXPECT_EQ(printable("\xff", 80), "\\xff");
  EXPECT_EQ(printable("\xC2\x9B", 80), "\\x9b");  // C1: a one-byte escape sequence on some terminals
}

TEST(Text, printable_cuts_by_columns_with_an_ellipsis) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcde…");
  EXPECT_EQ(printable("日本語", 5), "日本…");
  EXPECT_LE(display_width(printable("日本語日本語", 6)), 6U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // a combining accent takes no column
}

}  // namespace
}  // namespace assay
