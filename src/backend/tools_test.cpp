// Tools on their way to servers, and calls of them on their way back.
#include "backend/anthropic.h"
#include "backend/ollama.h"
#include "backend/openai.h"
#include "testing/model_server.h"

namespace assay::backend {
namespace {

using Calls = std::vector<record::ToolCall>;

record::Value schema() {
  return *record::value_from_json(R"({"type":"object","properties":{"city":{"type":"string"}}})");
}

Request with_tools() {
  Request request = ask(1);
  request.prompt.tools = {{"weather", "Of a city", schema(), {}, {}}, {"now", "", {}, true, {}}};
  return request;
}

/// What OpenAI's form of with_tools() is.
Json in_openais_form() {
  return *parse_json(
      R"([{"type":"function","function":{"name":"weather","description":"Of a city","parameters":
      {"type":"object","properties":{"city":{"type":"string"}}}}},
      {"type":"function","function":{"name":"now","strict":true}}])");
}

/// What a reader gives for a body that comes byte by byte.
Got read(AnswerReader& reader, const std::string& body) {
  std::vector<Piece> pieces;
  for (const char byte : body) reader.take(std::string_view(&byte, 1), Nanos{1}, pieces);
  reader.end(Nanos{2}, pieces);
  Got got;
  for (Piece& piece : pieces) std::visit([&](auto&& what) { take(got, {1, what}); }, piece);
  return got;
}

Got read_openai(const std::string& body, bool streamed = true) {
  return read(*make_openai_reader(streamed, std::nullopt), body);
}

/// A chunk with these pieces of calls.
std::string calls(const std::string& list) {
  return chunk(R"({"tool_calls":[)" + list + "]}");
}

const std::string kEnd = chunk("{}", "\"tool_calls\"") + kDone;

TEST(Tools, pieces_of_a_call_are_put_together) {
  const Got got = read_openai(
      chunk(R"({"content":"Let me see."})") +
      calls(R"({"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":""}})") +
      calls(R"({"index":0,"function":{"arguments":"{\"city\":"}})") +
      calls(R"({"index":1,"id":"b","type":"function","function":{"name":"now","arguments":"{}"}})") +
      calls(R"({"index":0,"function":{"arguments":"\"Bonn\"}"}})") + kEnd);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->tool_calls, (Calls{{"weather", R"({"city":"Bonn"})"}, {"now", "{}"}}));
  EXPECT_EQ(got.finished->finish, "tool_calls");
  EXPECT_EQ(got.text, "Let me see.");
  EXPECT_EQ(got.events.size(), 5U) << "each piece is a token event";
  EXPECT_EQ(got.events.back().kind, record::TokenKind::tool);
}

TEST(Tools, calls_with_the_same_index_or_none_are_told_apart) {
  const Got same = read_openai(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{"}})") +
                               calls(R"({"index":0,"function":{"arguments":"}"}})") +
                               calls(R"({"index":0,"id":"b","function":{"name":"f","arguments":"{"}})") +
                               calls(R"({"index":0,"function":{"arguments":"}"}})") + kEnd);
  EXPECT_EQ(same.finished->tool_calls, (Calls{{"f", "{}"}, {"f", "{}"}}));
  const Got none = read_openai(calls(R"({"function":{"name":"f","arguments":"{"}})") +
                               calls(R"({"function":{"arguments":"}"}})") +
                               calls(R"({"function":{"name":"g","arguments":{"x":1}}})") + kEnd);
  EXPECT_EQ(none.finished->tool_calls, (Calls{{"f", "{}"}, {"g", R"({"x":1})"}}));
}

TEST(Tools, calls_of_an_answer_in_one_piece_are_read) {
  const Got got = read_openai(
      R"({"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function","function":)"
      R"({"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"no"}}]},)"
      R"("finish_reason":"tool_calls"}]})",
      false);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->tool_calls, (Calls{{"f", "{}"}, {"f", "no"}}));
}

TEST(Tools, what_is_no_call_is_left_out) {
  const Got got = read_openai(calls(R"(5,null,{"index":0},{"index":1,"function":7})") + kEnd);
  ASSERT_TRUE(got.finished);
  EXPECT_TRUE(got.finished->tool_calls.empty());
}

TEST(Tools, a_model_that_calls_without_end_is_kept_to_a_number) {
  std::string body;
  for (int i = 0; i < 1100; ++i)
    body += calls(R"({"index":)" + std::to_string(i) + R"(,"function":{"name":"f","arguments":"{}"}})");
  EXPECT_EQ(read_openai(body + kEnd).finished->tool_calls.size(), 1024U);
}

TEST(Tools, ollama_gives_each_call_whole) {
  const Got got = read(
      *make_ollama_reader({}),
      R"({"message":{"content":"","tool_calls":[{"function":{"name":"weather","arguments":{"city":"Bonn"}}}]}})"
      "\n"
      R"({"message":{"content":"","tool_calls":[{"function":{"index":1,"name":"now","arguments":{}}}]}})"
      "\n"
      R"({"message":{"content":""},"done":true,"done_reason":"stop","eval_count":9})"
      "\n");
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->tool_calls, (Calls{{"weather", R"({"city":"Bonn"})"}, {"now", "{}"}}));
}

TEST(Tools, anthropic_gives_a_block_for_each_call) {
  const auto event = [](const std::string& data) { return "data: " + data + "\n\n"; };
  const auto start = [&](const std::string& block) {
    return event(R"({"type":"content_block_start","content_block":)" + block + "}");
  };
  const auto delta = [&](const std::string& text) {
    return event(R"({"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":)" +
                 text + "}}");
  };
  const Got got = read(*make_anthropic_reader(),
                       start(R"({"type":"text","text":""})") +
                           start(R"({"type":"tool_use","id":"a","name":"weather","input":{}})") +
                           delta("\"\"") + delta(R"("{\"city\": ")") + delta(R"("\"Bonn\"}")") +
                           start(R"({"type":"tool_use","id":"b","name":"now","input":{}})") +
                           start(R"({"type":"tool_use","id":"c","name":"then","input":{"at":1}})") +
                           event(R"({"type":"message_delta","delta":{"stop_reason":"tool_use"}})") +
                           event(R"({"type":"message_stop"})"));
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->tool_calls,
            (Calls{{"weather", R"({"city": "Bonn"})"}, {"now", ""}, {"then", R"({"at":1})"}}));
  EXPECT_EQ(got.finished->finish, "tool_calls");
}

TEST(Tools, are_sent_as_each_server_wants_them) {
  const OpenAiFlavour& flavour = *find_flavour("openai");
  EXPECT_EQ((*openai_body(flavour, "m", with_tools()))["tools"], in_openais_form());
  EXPECT_EQ((*ollama_body("m", with_tools(), Json::object()))["tools"], in_openais_form());
  EXPECT_EQ((*anthropic_body("m", with_tools()))["tools"],
            *parse_json(R"([{"name":"weather","description":"Of a city","input_schema":
                {"type":"object","properties":{"city":{"type":"string"}}}},
                {"name":"now","input_schema":{"type":"object"},"strict":true}])"));
}

TEST(Tools, are_absent_from_requests_without_them) {
  EXPECT_FALSE(openai_body(*find_flavour("openai"), "m", ask(1))->contains("tools"));
  EXPECT_FALSE(ollama_body("m", ask(1), Json::object())->contains("tools"));
  EXPECT_FALSE(anthropic_body("m", ask(1))->contains("tools"));
}

/// One request to an engine that needs no server.
Got answer_of(const record::ModelSpec& spec) {
  SystemClock clock;
  auto backend = make(spec, {clock});
  EXPECT_TRUE(backend.has_value());
  const auto loaded = (*backend)->load({});
  EXPECT_TRUE(loaded.has_value()) << message(loaded.error());
  EXPECT_EQ(loaded->media.back(), "tools");
  (*backend)->start(ask(1));
  Got got;
  while (!got.finished && !got.broken) {
    for (Event& event : (*backend)->wait(clock.now() + std::chrono::seconds{1})) take(got, std::move(event));
  }
  return got;
}

record::ModelSpec spec_of(const std::string& engine, const std::string& model) {
  record::ModelSpec spec;
  spec.engine = engine;
  spec.model = model;
  return spec;
}

TEST(Tools, the_fake_engine_calls_what_its_script_says) {
  const Got got = answer_of(spec_of("fake", R"(call weather {"city": "Bonn"}; call now)"));
  EXPECT_EQ(got.finished->tool_calls, (Calls{{"weather", R"({"city": "Bonn"})"}, {"now", ""}}));
  EXPECT_EQ(got.finished->finish, "tool_calls");
  EXPECT_EQ(got.text, "") << "a call takes the place of the echo";
  const Got both = answer_of(spec_of("fake", "call now; say One moment.; finish stop"));
  EXPECT_EQ(both.text, "One moment.");
  EXPECT_EQ(both.finished->finish, "stop");
}

TEST(Tools, stored_answers_carry_calls_in_both_forms) {
  const std::string path = ::testing::TempDir() + "assay_tools_test.jsonl";
  const auto answer = [&](const std::string& members) {
    EXPECT_TRUE(write_file(path, R"({"case":"c",)" + members + "}\n"));
    return answer_of(spec_of("answers", path));
  };
  const Got ours = answer(R"("raw":"","finish":"tool_calls","tool_calls":[{"name":"f","arguments":"{}"}])");
  EXPECT_EQ(ours.finished->tool_calls, (Calls{{"f", "{}"}}));
  EXPECT_EQ(ours.finished->finish, "tool_calls");
  const Got theirs = answer(R"("tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":[1]}}}])");
  EXPECT_EQ(theirs.finished->tool_calls, (Calls{{"f", R"({"x":[1]})"}}));
  EXPECT_TRUE(answer(R"("output":"x","tool_calls":null)").finished->tool_calls.empty());

  EXPECT_TRUE(write_file(path, R"({"case":"c","output":"x","tool_calls":[{"arguments":"{}"}]})"));
  SystemClock clock;
  const auto loaded = (*make(spec_of("answers", path), {clock}))->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(message(loaded.error()).find("'tool_calls' cannot be read"), std::string::npos);
}

}  // namespace
}  // namespace assay::backend
