// Streams of events as the HTML standard defines them, whole and torn at every byte.
#include "base/event_stream.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events read_in_pieces(std::string_view text, std::size_t size) {
  EventStream stream;
  Events events;
  StreamEvent event;
  for (std::size_t at = 0; at < text.size(); at += size) {
    stream.take(text.substr(at, size));
    while (stream.next(event)) events.emplace_back(event.name, event.data);
  }
  return events;
}

/// The same whatever the pieces.
Events read(std::string_view text) {
  const Events whole = read_in_pieces(text, text.size());
  for (std::size_t size = 1; size < text.size(); ++size) EXPECT_EQ(read_in_pieces(text, size), whole) << size;
  return whole;
}

TEST(EventStream, gives_data_with_any_line_end) {
  const Events expected{{"message", "a"}, {"message", "b"}};
  EXPECT_EQ(read("data: a\n\ndata: b\n\n"), expected);
  EXPECT_EQ(read("data: a\r\n\r\ndata: b\r\n\r\n"), expected);
  EXPECT_EQ(read("data: a\r\rdata: b\r\r"), expected);
}

TEST(EventStream, joins_data_lines_and_takes_one_blank) {
  EXPECT_EQ(read("data: a\ndata:  b\ndata:c\n\n"), (Events{{"message", "a\n b\nc"}}));
  EXPECT_EQ(read("data\ndata\n\n"), (Events{{"message", "\n"}}));
}

TEST(EventStream, knows_names_comments_and_the_byte_order_mark) {
  EXPECT_EQ(read(": keepalive\n\nevent: ping\ndata: {}\n\n: x\ndata: y\n\n"),
            (Events{{"ping", "{}"}, {"message", "y"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "data: a\n\n"),
            (Events{{"message", "a"}}));
}

TEST(EventStream, an_event_without_data_is_none_and_forgets_its_name) {
  EXPECT_EQ(read("event: x\n\ndata: y\n\n"), (Events{{"message", "y"}}));
  EXPECT_EQ(read("id: 1\nretry: 5\nfoo: bar\n\n"), Events{});
}

TEST(EventStream, keeps_characters_that_pieces_tear) {
  EXPECT_EQ(read("data: ä€😀\n\n"), (Events{{"message", "ä€😀"}}));
}

TEST(EventStream, says_what_the_end_cut_off) {
  EventStream stream;
  StreamEvent event;
  stream.take("data: whole\n\ndata: {\"x\"");
  ASSERT_TRUE(stream.next(event));
  EXPECT_FALSE(stream.next(event));
  EXPECT_TRUE(stream.unfinished());
  EXPECT_EQ(stream.rest(), "{\"x\"");
}

TEST(EventStream, a_line_or_an_event_without_end_is_a_fault) {
  EventStream line(100);
  StreamEvent event;
  line.take("data: " + std::string(200, 'x'));
  EXPECT_FALSE(line.next(event));
  EXPECT_TRUE(line.too_long());
  EventStream lines(100);
  for (int i = 0; i < 50; ++i) lines.take("data: 0123456789\n");
  EXPECT_FALSE(lines.next(event));
  EXPECT_TRUE(lines.too_long());
}

}  // namespace
}  // namespace assay
