#include "base/number.h"

#include <charconv>
#include <clocale>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Number, is_what_the_whole_text_says) {
  EXPECT_EQ(double_from("0"), 0.0);
  EXPECT_EQ(double_from("-12.5e-1"), -1.25);
  EXPECT_EQ(double_from(".5"), 0.5);
  EXPECT_EQ(double_from("5."), 5.0);
  EXPECT_EQ(double_from("1e300"), 1e300);
  EXPECT_EQ(double_from("4.9406564584124654e-324"), 4.9406564584124654e-324);
  for (const char* bad : {"", "-", ".", "+1", " 1", "1 ", "--1", "1,5", "e5", "1e", "1e+", "0x10", "inf",
                          "nan", "infinity", "1e400", "-1e400", "1_000"})
    EXPECT_EQ(double_from(bad), std::nullopt) << bad;
}

TEST(Number, ends_where_the_number_ends) {
  const auto length = [](std::string_view text) {
    return leading_number(text).value_or(LeadingNumber{}).length;
  };
  EXPECT_EQ(length("1.5 min"), 3U);
  EXPECT_EQ(length("-2ms"), 2U);
  EXPECT_EQ(length("1e"), 1U);
  EXPECT_EQ(length("1e-x"), 1U);
  EXPECT_EQ(length("0x10"), 1U);
  EXPECT_EQ(length("1.2.3"), 3U);
  EXPECT_EQ(length("x1"), 0U);
}

TEST(Number, knows_no_locale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  bool found = false;
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR.utf8"})
    found = found || std::setlocale(LC_ALL, name) != nullptr;
  const auto value = double_from("1.5");
  std::setlocale(LC_ALL, before.c_str());
  EXPECT_EQ(value, 1.5);
  if (!found) GTEST_SKIP() << "no locale with a comma is installed here";
}

#ifdef __cpp_lib_to_chars  // libc++ has them for doubles later
TEST(Number, agrees_with_the_standard_library) {
  std::mt19937_64 random(7);
  const auto any = [&](int most) { return static_cast<int>(random() % static_cast<std::uint64_t>(most)); };
  constexpr std::string_view kUsed = "0123456789012345678901234567890.-+eE";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int left = any(24); left >= 0; --left) text += kUsed[random() % kUsed.size()];
    double wanted = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    const auto got = leading_number(text);
    if (status == std::errc::result_out_of_range) continue;  // what is too small is 0 for us
    ASSERT_EQ(got.has_value(), status == std::errc{}) << text;
    if (!got) continue;
    EXPECT_EQ(got->value, wanted) << text;
    EXPECT_EQ(got->length, static_cast<std::size_t>(end - text.data())) << text;
  }
}
#endif

}  // namespace
}  // namespace assay
