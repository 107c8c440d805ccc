#include "backend/chunk_pattern.h"

#include <array>
#include <random>

#include <gtest/gtest.h>

#include "base/json.h"

namespace assay::backend {
namespace {

std::string one_chunk(const std::string& text, const std::string& id = "7") {
  return R"({"id":")" + id + R"(","choices":[{"index":0,"delta":{"content":")" + text +
         R"("},"finish_reason":null}]})";
}

TEST(ChunkPattern, gives_the_text_of_what_differs_in_nothing_else) {
  ChunkPattern pattern;
  EXPECT_FALSE(pattern.text_of(one_chunk("a"))) << "nothing was learnt";
  pattern.learn(one_chunk("a"), "a");
  EXPECT_EQ(pattern.text_of(one_chunk("a")), "a");
  EXPECT_EQ(pattern.text_of(one_chunk(" of the people")), " of the people");
  EXPECT_EQ(pattern.text_of(one_chunk("ä€😀")), "ä€😀");
  pattern.forget();
  EXPECT_FALSE(pattern.text_of(one_chunk("a")));
}

TEST(ChunkPattern, leaves_to_the_parser_what_is_not_certain) {
  ChunkPattern pattern;
  pattern.learn(one_chunk("a"), "a");
  for (const std::string& other :
       {one_chunk(""), one_chunk(R"(\n)"), one_chunk("\xC3"), one_chunk("\x01"), one_chunk("a\",\"b\":\"c"),
        one_chunk("a", "8"), one_chunk("a") + "}", std::string("[") + one_chunk("a"), std::string(),
        one_chunk("a").substr(0, 60)})
    EXPECT_FALSE(pattern.text_of(other)) << other;
}

TEST(ChunkPattern, learns_only_where_the_place_is_certain) {
  ChunkPattern pattern;
  for (const auto& [learnt, text] :
       {std::pair(one_chunk("7"), "7"),          // the id, too
        std::pair(one_chunk("index"), "index"),  // a member's name, too
        std::pair(one_chunk(","), ","),          // between two strings, too
        std::pair(one_chunk(R"(\u0061)", "a"), "a"), std::pair(one_chunk(""), "")}) {
    pattern.learn(learnt, text);
    EXPECT_FALSE(pattern.text_of(learnt)) << learnt;
  }
}

/// Whatever is taken over is what the parser would have found.
TEST(ChunkPattern, agrees_with_the_parser) {
  constexpr std::array kPieces{"\"", "\\", ",",    ":",  "{",    "}",     "a",       "7",     "content",
                               "ä",  " ",  "\xC3", "\n", "null", "\"a\"", "\\u0061", "delta", "index"};
  std::mt19937 random(1);
  const auto some = [&] {
    std::string text;
    for (auto left = random() % 4; left > 0; --left) text += kPieces[random() % kPieces.size()];
    return text;
  };
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string learnt = one_chunk(some(), some());
    const auto before = parse_json(learnt);
    if (!before) continue;
    const Json& text = (*before)["choices"][0]["delta"]["content"];
    if (!text.is_string()) continue;
    ChunkPattern pattern;
    pattern.learn(learnt, text.get<std::string>());
    std::string next = learnt;
    if (const auto at = next.find("content\":\""); random() % 2 == 0 && at != std::string::npos)
      next.insert(at + 10, some());
    else
      next.insert(random() % next.size(), some());
    const auto got = pattern.text_of(next);
    if (!got) continue;
    ++taken;
    const auto after = parse_json(next);
    ASSERT_TRUE(after.has_value()) << next;
    Json expected = *before;
    expected["choices"][0]["delta"]["content"] = std::string(*got);
    EXPECT_EQ(*after, expected) << learnt << "\n" << next;
  }
  EXPECT_GT(taken, 1000) << "the test tests something";
}

}  // namespace
}  // namespace assay::backend
