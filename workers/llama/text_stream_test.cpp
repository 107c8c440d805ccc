#include "text_stream.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sampler.h"

namespace assay::llama {
namespace {

using record::TokenKind;
constexpr TokenKind kAnswer = TokenKind::answer;
constexpr TokenKind kReasoning = TokenKind::reasoning;

struct All {
  std::string text;
  std::string reasoning;
  std::vector<TokenKind> kinds;
  std::size_t pushed = 0;  ///< tokens until a stop, or all
};

/// Pushes every token, taking after each, as a slow reader would see it.
All run(TextStream stream, const std::vector<std::string>& tokens) {
  All all;
  const auto add = [&](TextStream::Piece piece) {
    all.text += piece.text;
    all.reasoning += piece.reasoning;
    all.kinds.insert(all.kinds.end(), piece.kinds.begin(), piece.kinds.end());
  };
  for (const std::string& token : tokens) {
    ++all.pushed;
    const bool stopped = stream.push(token);
    add(stream.take(false));
    if (stopped) break;
  }
  add(stream.take(true));
  return all;
}

TEST(TextStream, PlainTextComesThrough) {
  const All all = run(TextStream({}, {}), {"Hello", "", ", world"});
  EXPECT_EQ(all.text, "Hello, world");
  EXPECT_EQ(all.kinds, (std::vector{kAnswer, kAnswer, kAnswer}));
}

TEST(TextStream, CharactersAreJoinedAcrossTokens) {
  TextStream stream({}, {});
  stream.push("a\xe2\x82");
  EXPECT_EQ(stream.take(false).text, "a");
  stream.push("\xac!");
  EXPECT_EQ(stream.take(false).text, "\xe2\x82\xac!");
  stream.push("\xf0\x9d");
  EXPECT_EQ(stream.take(false).text, "");
  EXPECT_EQ(stream.take(true).text, "\xef\xbf\xbd\xef\xbf\xbd") << "one for each byte of half a character";
}

TEST(TextStream, AStopStringIsCutAlsoAcrossTokens) {
  const All all = run(TextStream({"END"}, {}), {"one E", "N", "D two", "three"});
  EXPECT_EQ(all.text, "one ");
  EXPECT_EQ(all.pushed, 3U);
  EXPECT_EQ(all.kinds.size(), 3U);
}

TEST(TextStream, TheBeginningOfAStopStringWaits) {
  TextStream stream({"\n\n"}, {});
  EXPECT_FALSE(stream.push("a\n"));
  EXPECT_EQ(stream.take(false).text, "a");
  EXPECT_FALSE(stream.push("b\n"));
  EXPECT_EQ(stream.take(false).text, "\nb");
  EXPECT_EQ(stream.take(true).text, "\n");
}

TEST(TextStream, TheFirstStopStringWins) {
  EXPECT_EQ(run(TextStream({"zz", "b", "bc"}, {}), {"abczz"}).text, "a");
  EXPECT_EQ(run(TextStream({""}, {}), {"abc"}).text, "abc");
}

const ThinkTags kTags{.begin = "<think>", .ends = {"</think>"}, .open = false};

TEST(TextStream, ReasoningIsToldFromAnswer) {
  const All all = run(TextStream({}, kTags), {"<th", "ink>", "hm ", "yes</thi", "nk>", "42"});
  EXPECT_EQ(all.reasoning, "hm yes");
  EXPECT_EQ(all.text, "42");
  EXPECT_EQ(all.kinds, (std::vector{kReasoning, kReasoning, kReasoning, kReasoning, kReasoning, kAnswer}));
}

TEST(TextStream, KindsWaitUntilTheyAreKnown) {
  TextStream stream({}, kTags);
  stream.push("\n<");
  EXPECT_TRUE(stream.take(false).kinds.empty());
  stream.push("b>");
  const TextStream::Piece piece = stream.take(false);
  EXPECT_EQ(piece.kinds, (std::vector{kAnswer, kAnswer}));
  EXPECT_EQ(piece.text, "\n<b>");
}

TEST(TextStream, ATagLaterOnIsText) {
  EXPECT_EQ(run(TextStream({}, kTags), {"say <think>", "x</think>"}).text, "say <think>x</think>");
}

TEST(TextStream, AnOpenedPromptBeginsInReasoning) {
  ThinkTags open = kTags;
  open.open = true;
  const All all = run(TextStream({}, open), {"so", "</think>\n\n4"});
  EXPECT_EQ(all.reasoning, "so");
  EXPECT_EQ(all.text, "\n\n4");
}

TEST(TextStream, UnclosedReasoningStaysReasoning) {
  const All all = run(TextStream({}, kTags), {"<think>", "never ends </thin"});
  EXPECT_EQ(all.reasoning, "never ends </thin");
  EXPECT_EQ(all.text, "");
  EXPECT_EQ(all.kinds, (std::vector{kReasoning, kReasoning}));
}

TEST(TextStream, AStopStringEndsReasoningToo) {
  const All all = run(TextStream({"\n\n"}, kTags), {"<think>a", "\n", "\n", "b"});
  EXPECT_EQ(all.reasoning, "a");
  EXPECT_EQ(all.pushed, 3U);
}

TEST(Argmax, TheFirstOfTheGreatest) {
  std::vector<float> scores(10'007, -1);
  EXPECT_EQ(argmax(scores.data(), 10'007), 0);
  for (const std::int32_t at : {10'006, 9'000, 4'096, 4'095, 33, 32, 31, 1}) {
    scores[static_cast<std::size_t>(at)] = 5;
    EXPECT_EQ(argmax(scores.data(), 10'007), at);
  }
}

TEST(Argmax, WhatIsNoNumberNeverWins) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> scores(100, kNan);
  EXPECT_EQ(argmax(scores.data(), 100), -1);
  scores[99] = -INFINITY;
  EXPECT_EQ(argmax(scores.data(), 100), -1);
  scores[50] = -3;
  EXPECT_EQ(argmax(scores.data(), 100), 50);
  EXPECT_EQ(argmax(scores.data(), 0), -1);
}

}  // namespace
}  // namespace assay::llama
