#include "store/timeline.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace assay::store {
namespace {

using record::TokenEvent;
using record::TokenKind;

std::vector<TokenEvent> steady(int n, std::int64_t first, std::int64_t gap) {
  std::vector<TokenEvent> events;
  for (int i = 0; i < n; ++i) events.push_back({Nanos{first + gap * i}, 1, TokenKind::answer});
  return events;
}

void expect_round_trip(const std::vector<TokenEvent>& events) {
  const std::string bytes = encode_timeline(events);
  const Result<std::vector<TokenEvent>> back = decode_timeline(bytes);
  ASSERT_TRUE(back) << message(back.error());
  EXPECT_EQ(*back, events);
}

TEST(Timeline, bytes_as_documented) {
  EXPECT_EQ(encode_timeline({}), "");
  // version 1, 2 events; a span of 1, reasoning, 1 token each: +100 ns (zigzag 200 = c8 01); a span of 1,
  // answer, 3 tokens each: +64 ns (zigzag 128 = 80 01).
  EXPECT_EQ(encode_timeline({{Nanos{100}, 1, TokenKind::reasoning}, {Nanos{164}, 3, TokenKind::answer}}),
            std::string("\x01\x02\x01\x01\x01\xc8\x01\x01\x00\x03\x80\x01", 12));
}

TEST(Timeline, size_per_token) {
  // 7,000 tokens/s: 143 us, three bytes. 50 tokens/s: 20 ms, four bytes. The head takes 7 bytes, the first
  // step 1.
  EXPECT_EQ(encode_timeline(steady(1000, 0, 143'000)).size(), 7 + 1 + 999 * 3U);
  EXPECT_EQ(encode_timeline(steady(1000, 0, 20'000'000)).size(), 7 + 1 + 999 * 4U);
}

TEST(Timeline, round_trip_of_edges) {
  using limits = std::numeric_limits<std::int64_t>;
  expect_round_trip({});
  expect_round_trip(steady(1, 0, 0));
  expect_round_trip(steady(3, 5, 0));
  expect_round_trip({{Nanos{limits::max()}, std::numeric_limits<std::uint32_t>::max(), TokenKind::tool},
                     {Nanos{limits::min()}, 0, TokenKind::answer},
                     {Nanos{limits::max()}, 1, TokenKind::answer}});
}

TEST(Timeline, round_trip_of_anything) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<TokenEvent> events(random() % 50);
    for (TokenEvent& event : events) {
      event.at = Nanos{static_cast<std::int64_t>(random() >> (random() % 64))};
      event.count = static_cast<std::uint32_t>(random() % 3);
      event.kind = static_cast<TokenKind>(random() % 3);
    }
    expect_round_trip(events);
  }
}

void expect_refused(const std::string& bytes, const std::string& with) {
  const Result<std::vector<TokenEvent>> events = decode_timeline(bytes);
  ASSERT_FALSE(events) << with;
  EXPECT_EQ(events.error().code, Code::bad_input);
  EXPECT_NE(events.error().found.find(with), std::string::npos) << events.error().found;
}

TEST(Timeline, hostile_bytes_are_refused) {
  const auto bytes = [](std::initializer_list<int> list) {
    std::string text;
    for (const int byte : list) text.push_back(static_cast<char>(byte));
    return text;
  };
  expect_refused(bytes({2, 1, 1, 0, 1, 0}), "unknown version at byte 1");
  expect_refused(bytes({1}), "bad number of events");
  expect_refused(bytes({1, 0}), "bad number of events");
  // 2^63 events, and no memory asked for.
  expect_refused(bytes({1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0}),
                 "bad number of events");
  expect_refused(bytes({1, 2, 3, 0, 1, 0}), "bad length of a span");
  expect_refused(bytes({1, 2, 0, 0, 1, 0}), "bad length of a span");
  expect_refused(bytes({1, 1, 1, 3, 1, 0}), "unknown kind of token");
  expect_refused(bytes({1, 1, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0}), "bad number of tokens");  // 2^32
  expect_refused(bytes({1, 2, 2, 0, 1, 0}), "bad time step");                                    // cut
  expect_refused(bytes({1, 1, 1, 0, 1, 0x80, 0}), "bad time step");  // longer than needed
  expect_refused(bytes({1, 2, 1, 0, 1, 0, 1, 0, 1, 0}), "two spans alike");
  expect_refused(bytes({1, 1, 1, 0, 1, 0, 7}), "bytes after the last event");
}

TEST(Timeline, every_cut_is_refused) {
  const std::string whole = encode_timeline(steady(20, 1'000'000, 20'000'000));
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_timeline(std::string_view(whole).substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace assay::store
