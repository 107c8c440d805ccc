#include <gtest/gtest.h>

#include "wire/messages.h"

namespace assay::wire {
namespace {

using record::Applied;

void expect_same(const Request& request) {
  const std::string line = encode(request);
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  const Result<Request> read = decode_request(line);
  ASSERT_TRUE(read) << line << ": " << message(read.error());
  EXPECT_TRUE(*read == request) << line << " became " << encode(*read);
}

void expect_same(const Reply& reply) {
  const std::string line = encode(reply);
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  const Result<Reply> read = decode_reply(line);
  ASSERT_TRUE(read) << line << ": " << message(read.error());
  EXPECT_TRUE(*read == reply) << line << " became " << encode(*read);
}

TEST(Codec, RequestsComeBackAsTheyWere) {
  expect_same(Request(Hello{.id = 1, .protocol = 7}));
  expect_same(Request(Load{
      .id = 2, .model = "a b/ä.gguf", .options = {{"context", 512}, {"kv_type", "q8_0"}}, .parallel = 4}));
  expect_same(Request(Load{.id = 2,
                           .model = "m",
                           .options = {},
                           .parallel = 8,
                           .longest = 700,
                           .share_prefixes = true,
                           .together = 1500}));
  expect_same(Request(Tokenize{.id = 3, .text = "", .messages = {}}));
  expect_same(Request(Tokenize{.id = 3, .text = std::nullopt, .messages = {{"user", "two\nlines"}}}));
  expect_same(Request(Tokenize{.id = 3, .text = "a", .messages = {}, .model = "b.gguf"}));
  expect_same(Request(Generate{
      .id = 4,
      .messages = {{"system", "s"}, {"user", "\"quoted\" \\ \t \x01"}},
      .raw = std::nullopt,
      .params = {{"temperature", 0.7}, {"stop", {"a", "b"}}, {"json_schema", {{"type", "object"}}}}}));
  expect_same(Request(Generate{.id = ~0ULL, .messages = {}, .raw = "text", .params = {}}));
  expect_same(Request(Cancel{.id = 5, .target = 4}));
  record::BenchTest test{.prompt = 512, .generate = 128, .depth = 4096, .batch = 1024, .micro_batch = 256};
  expect_same(Request(Bench{.id = 6, .test = test, .seed = ~0ULL}));
  expect_same(Request(Steps{.id = 7, .streams = 8, .count = 5}));
  test.threads = 3;
  test.flash_attention = "on";
  test.key_type = "q8_0";
  test.path = record::BenchPath::sampling;
  expect_same(Request(Bench{.id = 6, .test = test, .seed = 0}));
  expect_same(Request(Score{.id = 6,
                            .messages = {},
                            .raw = "2 + 2 =",
                            .continuations = {" 4", " 5"},
                            .params = {},
                            .reuse_prefix = true}));
  expect_same(Request(Score{.id = 6,
                            .messages = {{"user", "ä"}},
                            .raw = std::nullopt,
                            .continuations = {"A"},
                            .params = {{"think", false}}}));
  expect_same(Request(Unload{.id = 6}));
  expect_same(Request(Quit{.id = 7}));
}

TEST(Codec, RepliesComeBackAsTheyWere) {
  expect_same(Reply(HelloReply{.id = 1,
                               .protocol = 1,
                               .worker = "w 1",
                               .engine = "e",
                               .engine_version = "2",
                               .capabilities = {"chat"},
                               .params = {"seed"},
                               .build = {{"flags", "-O3"}}}));
  expect_same(Reply(Loaded{
      .id = 2,
      .load = Nanos{123456789},
      .options = {{"threads", {2, Applied::verified}}, {"gpu_layers", {nullptr, Applied::not_supported}}},
      .facts = {{"layers", 4}}}));
  expect_same(Reply(Tokens{.id = 3, .ids = {0, 5, 151935}, .prompt = "<s>"}));
  expect_same(Reply(Tokens{.id = 3, .ids = {1, 5}, .prompt = "<s>a", .pieces = {"<s>", "a"}}));
  EXPECT_FALSE(decode_reply(R"({"type":"tokens","id":3,"ids":[1,5],"prompt":"a","pieces":["a"]})"));
  expect_same(Reply(Started{.id = 4,
                            .at = Nanos{1'234'567'890'123'456},
                            .prompt = "p",
                            .prompt_tokens = 9,
                            .cached_prompt_tokens = 3,
                            .effective = {{"top_p", {0.9, Applied::unverified}}}}));
  expect_same(Reply(Done{.id = 5,
                         .at = Nanos{8},
                         .finish = "stop",
                         .output_tokens = 12,
                         .reasoning_tokens = 2,
                         .claims = {{"claimed_x", 1.5}}}));
  record::BenchAnswer answer{.repetition = {.at = Nanos{5},
                                            .prompt = Nanos{7},
                                            .tokens = {Nanos{9}, Nanos{11}},
                                            .total = Nanos{11},
                                            .prompt_tokens = std::nullopt},
                             .warmed_up = true,
                             .before = 4096,
                             .context = 4736,
                             .threads = 2,
                             .memory_bytes = 1ULL << 40U};
  expect_same(Reply(Benched{.id = 6, .answer = answer}));
  expect_same(Reply(Stepped{.id = 7, .steps = {Nanos{5}, Nanos{1'000'000'007}}}));
  answer.repetition.prompt.reset();
  expect_same(Reply(Benched{.id = 6, .answer = answer}));
  expect_same(Reply(Scored{
      .id = 6,
      .at = Nanos{9},
      .choices = {{.log_likelihood = -0.1234567890123456789, .tokens = 1, .bytes = 2, .greedy = true},
                  {.log_likelihood = -1e-300, .tokens = 4'000'000'000U, .bytes = 7, .inside_token = true},
                  {.log_likelihood = 0, .tokens = 1, .bytes = 0}}}));
  expect_same(Reply(Ok{.id = 6}));
  expect_same(Reply(Failed{.id = 0, .reason = "context", .message = "too long"}));
}

TEST(Codec, OutputIsWrittenByHandAndReadTheSame) {
  Output output{.id = 9, .events = {}, .text = "\"\\\n\r\t\b\x1f\x7f ä € 𝄞", .reasoning = "hm"};
  for (int i = 0; i < 5; ++i)
    output.events.push_back({.at = Nanos{1'000'000'000'000 + i},
                             .count = static_cast<std::uint32_t>(1 + i),
                             .kind = static_cast<record::TokenKind>(i % 3)});
  expect_same(Reply(output));
  expect_same(Reply(Output{.id = 1, .events = {}, .text = {}, .reasoning = {}}));
  EXPECT_EQ(
      encode(Reply(Output{
          .id = 1, .events = {{.at = Nanos{5}, .count = 1, .kind = {}}}, .text = "a", .reasoning = {}})),
      R"({"type":"output","id":1,"events":[[5,1,0]],"text":"a"})");
}

TEST(Codec, InvalidUtf8BecomesReplacementCharacters) {
  const Result<Reply> output = decode_reply(encode(Reply(Output{.id = 1,
                                                                .events = {},
                                                                .text = "a\xff"
                                                                        "b",
                                                                .reasoning = {}})));
  ASSERT_TRUE(output);
  EXPECT_EQ(std::get<Output>(*output).text,
            "a\xef\xbf\xbd"
            "b");
  const Result<Request> raw =
      decode_request(encode(Request(Generate{.id = 1, .messages = {}, .raw = "\xc3", .params = {}})));
  ASSERT_TRUE(raw);
  EXPECT_EQ(std::get<Generate>(*raw).raw, "\xef\xbf\xbd");
}

std::string request_error(std::string_view line) {
  const Result<Request> read = decode_request(line);
  return read ? "no error" : message(read.error());
}
std::string reply_error(std::string_view line) {
  const Result<Reply> read = decode_reply(line);
  return read ? "no error" : message(read.error());
}

void expect_contains(const std::string& text, const char* part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << text << "' lacks '" << part << "'";
}

TEST(Codec, ErrorsSayWhatIsWrong) {
  expect_contains(request_error("{"), "wrong at byte");
  expect_contains(request_error("[]"), "no object");
  expect_contains(request_error("{}"), "no 'type'");
  expect_contains(request_error(R"({"type":7,"id":1})"), "no 'type'");
  expect_contains(request_error(R"({"type":"lod","id":1})"), "unknown message type 'lod'");
  expect_contains(request_error(R"({"type":"quit"})"), "'id' is missing");
  expect_contains(request_error(R"({"type":"quit","id":-1})"), "'id' is -1");
  expect_contains(request_error(R"({"type":"quit","id":1.5})"), "'id' is 1.5");
  expect_contains(request_error(R"({"type":"load","id":1,"model":3})"), "'model' is 3; expected text");
  expect_contains(request_error(R"({"type":"load","id":1,"model":"m","parallel":0})"), "'parallel' is 0");
  expect_contains(request_error(R"({"type":"load","id":1,"model":"m","paralel":2})"),
                  "unknown member 'paralel'");
  expect_contains(request_error(R"({"type":"generate","id":1})"), "'messages' is missing");
  expect_contains(request_error(R"({"type":"generate","id":1,"raw":"x","messages":[]})"),
                  "unknown member 'messages'");
  expect_contains(request_error(R"({"type":"generate","id":1,"messages":[{"role":"user"}]})"), "messages[0]");
  expect_contains(request_error(R"({"type":"generate","id":1,"raw":"x","params":[]})"), "'params' is a list");
  expect_contains(reply_error(R"({"type":"output","id":1,"events":[[1,1,0],[2,1]]})"), "events[1]");
  expect_contains(reply_error(R"({"type":"output","id":1,"events":[[1,1,3]]})"), "events[0]");
  expect_contains(reply_error(R"({"type":"started","id":1,"t_ns":1,"prompt":"","prompt_tokens":4294967296})"),
                  "prompt_tokens");
  expect_contains(
      reply_error(R"({"type":"loaded","id":1,"load_ns":1,"options":{"x":{"value":1,"how":"maybe"}}})"),
      "options.x");
  expect_contains(request_error(R"({"type":"score","id":1,"raw":"x","continuations":[]})"), "a list of 0");
  expect_contains(request_error(R"({"type":"score","id":1,"raw":"x","continuations":["a",""]})"),
                  "an empty text in 'continuations'");
  expect_contains(request_error(R"({"type":"score","id":1,"raw":"x"})"), "'continuations' is missing");
  expect_contains(
      reply_error(
          R"({"type":"scored","id":1,"t_ns":1,"choices":[{"log_likelihood":0.5,"tokens":1,"bytes":1,"greedy":true}]})"),
      "choices[0]");
  expect_contains(
      reply_error(
          R"({"type":"scored","id":1,"t_ns":1,"choices":[{"log_likelihood":-1,"tokens":0,"bytes":1,"greedy":true}]})"),
      "tokens (at least 1)");
  expect_contains(reply_error(R"({"type":"generate","id":1,"raw":"x"})"), "unknown message type");
}

TEST(Codec, HostileLinesAreRefused) {
  expect_contains(request_error(std::string(100'000, '[')), "nested");
  expect_contains(request_error(R"({"type":"quit","id":)" + std::string(30, '9') + "}"), "'id' is");
  EXPECT_LT(request_error(R"({"type":"quit","id":)" + std::string(100'000, '9') + "}").size(), 300U);
  expect_contains(request_error("{\"type\":\"quit\",\"id\":1,\"\xff\":1}"), "JSON");
  expect_contains(request_error(std::string("{\"type\":\"quit\",\"id\":1}\0x", 24)), "NUL");
  EXPECT_LT(request_error(R"({"type":")" + std::string(1'000'000, 'x') + R"(","id":1})").size(), 300U);
  EXPECT_LT(request_error(R"({"type":"load","id":1,"model":[)" + std::string(1'000'000, ' ') + "]}").size(),
            300U);
}

TEST(Codec, IdOfABadLine) {
  EXPECT_EQ(id_of(R"({"type":"lod","id":12})"), 12U);
  EXPECT_EQ(id_of(R"({"id":12})"), 0U);
  EXPECT_EQ(id_of("no json"), 0U);
  EXPECT_EQ(id_of(R"({"type":"lod","id":-12})"), 0U);
}

}  // namespace
}  // namespace assay::wire
