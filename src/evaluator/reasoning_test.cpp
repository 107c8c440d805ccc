#include "evaluator/reasoning.h"

#include <gtest/gtest.h>

namespace assay::evaluator {
namespace {

ReasoningSplit split(std::string_view text, bool has_own_field = false) {
  return split_reasoning(text, default_reasoning_tags(), has_own_field);
}

TEST(Reasoning, one_block) {
  const ReasoningSplit s = split("<think>a</think>\n\n42");
  EXPECT_EQ(s.answer, "42");
  EXPECT_EQ(s.how, "tag:think");
  EXPECT_EQ(s.span_end, 16U);
  EXPECT_TRUE(s.closed);
  EXPECT_EQ(s.blocks, std::vector<std::string_view>{"a"});
}

TEST(Reasoning, prefilled_open_tag) {
  const ReasoningSplit s = split("a</think>42");
  EXPECT_EQ(s.answer, "42");
  EXPECT_EQ(s.how, "prefilled");
  EXPECT_EQ(s.blocks, std::vector<std::string_view>{"a"});
}

TEST(Reasoning, not_closed) {
  const ReasoningSplit s = split(" <think>a");
  EXPECT_FALSE(s.closed);
  EXPECT_EQ(s.answer, "");
  EXPECT_EQ(s.span_end, 9U);
}

TEST(Reasoning, several_blocks) {
  const ReasoningSplit s = split("<think>a</think><think>b</think>7");
  EXPECT_EQ(s.answer, "7");
  EXPECT_EQ(s.blocks, (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(split("<think>a</think> <thought>b</thought> 7").answer, "7");
  EXPECT_FALSE(split("<think>a</think> <thought>b</think> 7").closed);
}

TEST(Reasoning, nothing_behind) {
  EXPECT_EQ(split("<think>a</think>").answer, "");
}

TEST(Reasoning, tags_elsewhere_belong_to_the_answer) {
  EXPECT_EQ(split("Use <think>a</think> tags").answer, "Use <think>a</think> tags");
  EXPECT_EQ(split("<think>a</think>b</think>c").answer, "b</think>c");
  EXPECT_EQ(split("<thinker>a").answer, "<thinker>a");
  EXPECT_EQ(split("").answer, "");
  EXPECT_FALSE(split("plain").found);
}

TEST(Reasoning, prefilled_takes_the_first_close_tag) {
  EXPECT_EQ(split("a</thought>b</think>c").answer, "b</think>c");
}

TEST(Reasoning, a_field_of_the_server_switches_prefilled_off) {
  EXPECT_EQ(split("a</think>42", true).answer, "a</think>42");
  EXPECT_EQ(split("<think>a</think>42", true).answer, "42");
}

}  // namespace
}  // namespace assay::evaluator
