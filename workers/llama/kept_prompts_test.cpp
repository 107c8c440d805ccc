#include "kept_prompts.h"

#include <numeric>

#include <gtest/gtest.h>

namespace assay::llama {
namespace {

/// `shared` tokens 0, 1, 2, …, then `own` tokens that only `who` has.
std::vector<llama_token> prompt(int shared, int own, int who) {
  std::vector<llama_token> tokens(static_cast<std::size_t>(shared + own), 1000 + who);
  std::iota(tokens.begin(), tokens.begin() + shared, 0);
  return tokens;
}

TEST(KeptPrompts, common_beginning) {
  EXPECT_EQ(common_beginning(prompt(20, 5, 1), prompt(20, 5, 2)), 20U);
  EXPECT_EQ(common_beginning(prompt(20, 0, 1), prompt(20, 5, 2)), 20U);
  EXPECT_EQ(common_beginning({}, prompt(20, 5, 2)), 0U);
}

TEST(KeptPrompts, the_longest_beginning_is_found) {
  KeptPrompts kept;
  kept.keep(1, prompt(20, 5, 1));
  kept.keep(2, prompt(40, 5, 2));
  const auto found = kept.find(prompt(40, 5, 3));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 2);
  EXPECT_EQ(found->shared, 40U);
}

TEST(KeptPrompts, a_few_tokens_are_not_shared) {
  KeptPrompts kept;
  kept.keep(1, prompt(static_cast<int>(kLeastShared) - 1, 5, 1));
  EXPECT_FALSE(kept.find(prompt(40, 5, 3)));
}

TEST(KeptPrompts, only_what_is_new_is_worth_keeping) {
  KeptPrompts kept;
  kept.keep(1, prompt(90, 10, 1));
  EXPECT_TRUE(kept.covers(prompt(90, 10, 2)));    // another question behind the same beginning
  EXPECT_FALSE(kept.covers(prompt(90, 100, 2)));  // a longer one
  EXPECT_FALSE(kept.covers(prompt(0, 10, 2)));
}

TEST(KeptPrompts, the_one_that_rested_longest_goes) {
  KeptPrompts kept;
  kept.keep(1, prompt(20, 5, 1));
  kept.keep(2, prompt(0, 30, 2));
  ASSERT_TRUE(kept.find(prompt(20, 5, 3)));  // 1 is used
  EXPECT_EQ(kept.drop(), 2);
  EXPECT_EQ(kept.drop(), 1);
  EXPECT_EQ(kept.drop(), std::nullopt);
}

}  // namespace
}  // namespace assay::llama
