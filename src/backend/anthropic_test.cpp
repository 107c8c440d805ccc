#include "backend/anthropic.h"

#include "testing/model_server.h"

namespace assay::backend {
namespace {

TEST(Anthropic, reads_its_stream) {
  const std::string body =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":20,"
      "\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n"
      "event: ping\ndata: {\"type\":\"ping\"}\n\n"
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
      "\"thinking_delta\",\"thinking\":\"hm\"}}\n\n"
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":"
      "\"text_delta\",\"text\":\"7\"}}\n\n"
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},"
      "\"usage\":{\"output_tokens\":2}}\n\n"
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  auto reader = make_anthropic_reader();
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < body.size(); ++i) reader->take(body.substr(i, 1), Nanos{1}, pieces);
  Got got;
  for (Piece& piece : pieces) std::visit([&](auto&& what) { take(got, {1, what}); }, piece);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "7");
  EXPECT_EQ(got.reasoning, "hm");
  EXPECT_EQ(got.finished->finish, "length");
  EXPECT_EQ(got.finished->counts.prompt_tokens, 25U);
  EXPECT_EQ(got.finished->counts.cached_prompt_tokens, 5U);
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
}

TEST(Anthropic, a_refusal_is_named) {
  const std::string body =
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"}}\n\n"
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  auto reader = make_anthropic_reader();
  std::vector<Piece> pieces;
  reader->take(body, Nanos{1}, pieces);
  Got got;
  for (Piece& piece : pieces) std::visit([&](auto&& what) { take(got, {1, what}); }, piece);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->finish, "content_filter");
  EXPECT_EQ(got.finished->claims[std::string(record::kClaimedRefusal)], "stop_reason");
}

TEST(Anthropic, says_what_the_suite_said) {
  Request request = ask(1);
  request.prompt.messages.insert(request.prompt.messages.begin(), {"system", "Be brief."});
  request.params["stop"] = {"\n"};
  const auto body = anthropic_body("claude", request);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(
      *body,
      *parse_json(R"({"model":"claude","stream":true,"max_tokens":16,"temperature":0,"system":"Be brief.",
      "stop_sequences":["\n"],"messages":[{"role":"user","content":"What is 3 + 4?"}]})"));
  request.prompt.raw = true;
  EXPECT_FALSE(anthropic_body("claude", request).has_value());
}

}  // namespace
}  // namespace assay::backend
