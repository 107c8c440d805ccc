#include "evaluator/decimal.h"

#include <random>

#include <gtest/gtest.h>

namespace assay::evaluator {
namespace {

Decimal d(std::string_view text) {
  const std::optional<Decimal> value = decimal_from(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Decimal{});
}

TEST(Decimal, equal_numbers_are_equal_records) {
  EXPECT_EQ(d("29"), d("29.00"));
  EXPECT_EQ(d("0029e0"), d("2.9E+1"));
  EXPECT_EQ(d("-0.00"), d("0"));
  EXPECT_EQ(d("0e999999999"), d("0"));
  EXPECT_EQ(d(".5"), d("5e-1"));
  EXPECT_EQ(d("5."), d("5"));
  EXPECT_NE(d("123456"), d("123457"));
}

TEST(Decimal, what_is_no_number) {
  for (const char* text :
       {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1,2", " 1", "1 ", "0x1", "inf", "nan", "1e1000000000"}) {
    EXPECT_FALSE(decimal_from(text)) << text;
  }
}

TEST(Decimal, order) {
  const char* ascending[] = {"-1e999999999", "-10",  "-9.99", "-1e-999999999", "0", "1e-999999999",
                             "0.1",          "0.11", "1",     "1e999999999"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(compare(d(ascending[i]), d(ascending[j])), i < j ? -1 : static_cast<int>(i > j))
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(Decimal, products) {
  EXPECT_EQ(times(d("12345678901234567890"), d("98765432109876543210")),
            d("1219326311370217952237463801111263526900"));
  EXPECT_EQ(times(d("-0.5"), d("0.2")), d("-0.1"));
  EXPECT_EQ(times(d("1e999999999"), d("0")), d("0"));
  EXPECT_EQ(times(d("1000000000"), d("1000000000")), d("1e18"));
}

int sum_sign(std::string_view a, std::string_view b, std::string_view c) {
  const Decimal x = d(a);
  const Decimal y = d(b);
  const Decimal z = d(c);
  return sign_of_sum({{.value = &x}, {.value = &y}, {.value = &z}});
}

TEST(Decimal, signs_of_sums) {
  EXPECT_EQ(sum_sign("1", "-0.5", "-0.5"), 0);
  EXPECT_EQ(sum_sign("1", "-0.5", "-0.4999999999999999999999999"), 1);
  EXPECT_EQ(sum_sign("1", "-0.5", "-0.5000000000000000000000001"), -1);
  EXPECT_EQ(sum_sign("1e999999999", "-1e999999999", "1e-999999999"), 1);
  EXPECT_EQ(sum_sign("1e999999999", "-1e999999999", "-1e-999999999"), -1);
  EXPECT_EQ(sum_sign("1000", "-999.99", "-0.01"), 0);
  EXPECT_EQ(sum_sign("9", "9", "-18"), 0);
  EXPECT_EQ(sum_sign("0", "0", "0"), 0);
}

// Against whole numbers of 64 bits, where the answer is known.
TEST(Decimal, signs_of_random_sums) {
  std::mt19937 random(7);  // NOLINT: the same numbers every time
  for (int i = 0; i < 20000; ++i) {
    const auto next = [&] { return static_cast<std::int64_t>(random() % 2001) - 1000; };
    const std::int64_t a = next();
    const std::int64_t b = next();
    const std::int64_t c = i % 3 == 0 ? -a - b : next();
    const int sign = a + b + c < 0 ? -1 : static_cast<int>(a + b + c > 0);
    ASSERT_EQ(sum_sign(std::to_string(a), std::to_string(b), std::to_string(c)), sign)
        << a << " " << b << " " << c;
    ASSERT_EQ(times(d(std::to_string(a)), d(std::to_string(b))), d(std::to_string(a * b)));
  }
}

TEST(Decimal, near_is_exact_at_the_edge) {
  const auto near_by = [](std::string_view x, std::string_view t, std::string_view abs,
                          std::string_view rel) {
    return near({.num = d(x)}, {.num = d(t)}, d(abs), d(rel));
  };
  EXPECT_TRUE(near_by("0.3", "0.1", "0.2", "0"));
  EXPECT_FALSE(near_by("0.3000000000000000000001", "0.1", "0.2", "0"));
  EXPECT_TRUE(near_by("110", "100", "0", "0.1"));
  EXPECT_TRUE(near_by("-110", "-100", "0", "0.1"));
  EXPECT_FALSE(near_by("-110", "100", "0", "0.1"));
  EXPECT_FALSE(near_by("1e999999999", "-1e999999999", "1", "0.5"));
}

}  // namespace
}  // namespace assay::evaluator
