#include "record/price.h"

#include <gtest/gtest.h>

namespace assay::record {
namespace {

Counts counted(std::uint32_t prompt, std::uint32_t output) {
  Counts counts;
  counts.prompt_tokens = prompt;
  counts.output_tokens = output;
  counts.source = CountSource::usage;
  return counts;
}

TEST(Price, survives_its_value) {
  const Price price{.input = 0.28, .output = 0.42, .cached_input = 0.028, .as_of = "2025-10"};
  EXPECT_EQ(price_from(to_value(price)), price);
  const Price plain{.input = 3, .output = 15};
  EXPECT_EQ(price_from(to_value(plain)), plain);
  EXPECT_EQ(price_from(Value{}), std::nullopt);
  EXPECT_EQ(price_from(Value::of_number("3")), std::nullopt);
}

TEST(Price, is_charged_per_million_tokens) {
  const Price price{.input = 3, .output = 15};
  EXPECT_DOUBLE_EQ(*cost_usd(price, counted(1000, 200)), 0.003 + 0.003);
}

TEST(Price, of_cached_tokens_is_their_own_where_there_is_one) {
  Counts counts = counted(1000, 0);
  counts.cached_prompt_tokens = 400;
  EXPECT_DOUBLE_EQ(*cost_usd({.input = 2, .output = 8, .cached_input = 0.5}, counts),
                   (600 * 2 + 400 * 0.5) / 1e6);
  EXPECT_DOUBLE_EQ(*cost_usd({.input = 2, .output = 8}, counts), 1000 * 2 / 1e6);
}

TEST(Price, of_uncounted_or_guessed_tokens_is_absent) {
  const Price price{.input = 3, .output = 15};
  Counts guessed = counted(10, 10);
  guessed.source = CountSource::chunks;
  EXPECT_EQ(cost_usd(price, guessed), std::nullopt);
  Counts half = counted(10, 10);
  half.output_tokens.reset();
  EXPECT_EQ(cost_usd(price, half), std::nullopt);
}

TEST(Price, bounds_a_request_before_it_is_sent) {
  const Price price{.input = 1, .output = 10};
  const Prompt prompt{.messages = {{"user", std::string(936, 'x')}}, .raw = false, .images = {}, .audio = {}};
  EXPECT_DOUBLE_EQ(*most_it_costs(price, prompt, {}, 100), (1000 + 1000) / 1e6);
  EXPECT_DOUBLE_EQ(*most_it_costs(price, prompt, {{"json_schema", {{"a", 1}}}}, 100),
                   (1000 + 7 + 1000) / 1e6);
  Prompt seen = prompt;
  seen.images.emplace_back("a.png");
  EXPECT_EQ(most_it_costs(price, seen, {}, 100), std::nullopt);
}

}  // namespace
}  // namespace assay::record
