#include "backend/logprobs.h"

#include <gtest/gtest.h>

namespace assay::backend {
namespace {

Json json(const char* text) {
  const auto parsed = parse_json(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Json());
}

TEST(Logprobs, of_the_chat_route_with_the_event_that_they_came_with) {
  Logprobs logprobs(2);
  logprobs.take_choice(json(R"({"content":[{"id":26,"token":"8","bytes":[56],"logprob":-0.88,"top_logprobs":[
      {"token":"8","bytes":[56],"logprob":-0.88},{"token":"7","bytes":[55],"logprob":-0.93}]}]})"),
                       0);
  logprobs.take_choice(json(R"({"content":[{"token":"","bytes":[],"logprob":-1.5}]})"), std::nullopt);
  EXPECT_EQ(logprobs.told(), json(R"([{"token":"8","logprob":-0.88,"event":0,"top":[
      {"token":"8","logprob":-0.88},{"token":"7","logprob":-0.93}]},{"token":"","logprob":-1.5,"top":[]}])"));
  EXPECT_EQ(logprobs.effective().at("logprobs").how, record::Applied::verified);
  EXPECT_EQ(logprobs.effective().at("logprobs").value, 2);
}

TEST(Logprobs, of_the_completions_route) {
  Logprobs logprobs(2);
  logprobs.take_choice(json(R"({"tokens":[" 4","2"],"token_logprobs":[-0.5,null],
      "top_logprobs":[{" 5":-2.5," 4":-0.5},null],"text_offset":[0,2]})"),
                       3);
  EXPECT_EQ(logprobs.told(), json(R"([{"token":" 4","logprob":-0.5,"event":3,"top":[
      {"token":" 4","logprob":-0.5},{"token":" 5","logprob":-2.5}]},
      {"token":"2","logprob":null,"event":3,"top":[]}])"));
}

TEST(Logprobs, the_bytes_of_a_part_of_a_character_are_kept) {
  Logprobs logprobs(1);
  logprobs.take_list(json(R"([{"token":"\ufffd","bytes":[226,130],"logprob":-1}])"), 0);
  EXPECT_EQ(logprobs.told()[0]["bytes"], json("[226,130]"));
}

TEST(Logprobs, no_more_alternatives_than_were_asked_for_and_the_picked_one) {
  Logprobs logprobs(1);
  logprobs.take_list(json(R"([{"token":"a","logprob":-1,"top_logprobs":[{"token":"b","logprob":-0.1},
      {"token":"c","logprob":-0.2},{"token":"d","logprob":-0.3}]}])"),
                     0);
  EXPECT_EQ(logprobs.told()[0]["top"].size(), 2U);
}

TEST(Logprobs, none_came_or_none_were_asked_for) {
  Logprobs unheard(5);
  unheard.take_choice(json("{}"), 0);
  unheard.take_choice(json(R"({"content":[]})"), 0);
  unheard.take_list(json(R"([1,"x",null])"), 0);
  EXPECT_TRUE(unheard.told().is_null());
  EXPECT_EQ(unheard.effective().at("logprobs").how, record::Applied::not_supported);
  Logprobs unasked;
  unasked.take_list(json(R"([{"token":"a","logprob":-1}])"), 0);
  EXPECT_TRUE(unasked.told().is_null());
  EXPECT_TRUE(unasked.effective().empty());
}

}  // namespace
}  // namespace assay::backend
