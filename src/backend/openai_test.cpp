// OpenAI's protocol as servers speak it: what is asked, and what an answer gives.
#include "backend/openai.h"

#include <algorithm>
#include <atomic>
#include <tuple>

#include "testing/model_server.h"

namespace assay::backend {
namespace {

using record::TokenKind;

TEST_F(ServerTest, a_chat_gives_text_times_and_the_servers_counts) {
  const Got got = chat_stream(chunk(kRole) + chunk(R"({"content":"1"})") + chunk(R"({"content":"2"})") +
                              chunk("{}", "\"stop\"") + usage(16, 3) + kDone);
  ASSERT_TRUE(got.finished) << got.broken->detail;
  EXPECT_EQ(got.text, "12");
  EXPECT_EQ(got.events.size(), 3U) << "two tokens, and the end of the generation as the server counts it";
  EXPECT_EQ(got.finished->finish, "stop");
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->counts.output_tokens, 3U);
  EXPECT_EQ(got.finished->counts.source, record::CountSource::usage);
  EXPECT_LE(got.sent->at, got.accepted->at);
  EXPECT_LE(got.accepted->at, got.events.front().at);
  EXPECT_LE(got.events.back().at, got.finished->at);
}

TEST_F(ServerTest, the_request_says_what_the_suite_said) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(500, "application/json", "{}"); });
  auto backend = loaded_openai();
  Request request = ask(1);
  request.params["stop"] = {"\n"};
  request.params["json_schema"] = {{"type", "object"}};
  const Got got = one_answer(*backend, std::move(request));
  const auto body = parse_json(server_->seen().back().body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(*body, *parse_json(R"({"model":"tiny","messages":[{"role":"user","content":"What is 3 + 4?"}],
      "stream":true,"stream_options":{"include_usage":true},"temperature":0,"max_tokens":16,"seed":7,
      "stop":["\n"],"response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,
      "schema":{"type":"object"}}}})"));
  EXPECT_EQ(server_->seen().back().path, "/v1/chat/completions");
}

TEST_F(ServerTest, logprobs_are_asked_for_as_each_route_wants_them) {
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(chunk(R"({"content":"7"})", "\"stop\"") + kDone);
    wire.end_stream();
  });
  auto backend = loaded_openai();
  Request request = ask(1);
  request.params["logprobs"] = 3;
  const Got got = one_answer(*backend, request);
  const auto chat_body = parse_json(server_->seen().back().body);
  EXPECT_EQ((*chat_body)["logprobs"], true);
  EXPECT_EQ((*chat_body)["top_logprobs"], 3);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.accepted->effective.at("logprobs").how, record::Applied::unverified)
      << "so far it was only sent";
  EXPECT_EQ(got.finished->effective.at("logprobs").how, record::Applied::not_supported) << "none came";
  request.id = 2;
  request.prompt.raw = true;
  one_answer(*backend, request);
  const auto raw_body = parse_json(server_->seen().back().body);
  EXPECT_EQ((*raw_body)["logprobs"], 3);
  EXPECT_FALSE(raw_body->contains("top_logprobs"));
}

TEST_F(ServerTest, chunks_with_logprobs_are_all_read) {
  const std::string choice =
      R"(data: {"choices":[{"delta":{"content":"X"},"logprobs":{"content":[{"token":"Y",)"
      R"("logprob":-0.5}]},"finish_reason":null}]})"
      "\n\n";
  const auto like = [&](const char* text) { return std::string(choice).replace(choice.find('X'), 1, text); };
  serve([&](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(like("a") + like("b") + like("c") + chunk("{}", "\"stop\"") + kDone);
    wire.end_stream();
  });
  auto backend = loaded_openai();
  Request request = ask(1);
  request.params["logprobs"] = 1;
  const Got got = one_answer(*backend, std::move(request));
  ASSERT_TRUE(got.finished);
  ASSERT_EQ(got.finished->claims["claimed_logprobs"].size(), 3U);
  EXPECT_EQ(got.finished->claims["claimed_logprobs"][2]["event"], 2);
}

TEST_F(ServerTest, a_raw_prompt_goes_to_the_completions_route) {
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(
        "data: {\"choices\":[{\"text\":\"7\",\"finish_reason\":null}]}\n\n"
        "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}\n\n" +
        kDone);
    wire.end_stream();
  });
  auto backend = loaded_openai();
  Request request = ask(1);
  request.prompt.raw = true;
  const Got got = one_answer(*backend, std::move(request));
  EXPECT_EQ(got.text, "7");
  EXPECT_EQ(got.finished->finish, "length");
  EXPECT_EQ(server_->seen().back().path, "/v1/completions");
  EXPECT_EQ((*parse_json(server_->seen().back().body))["prompt"], "What is 3 + 4?");
}

TEST_F(ServerTest, reasoning_is_kept_apart_under_both_names) {
  const Got got = chat_stream(chunk(R"({"reasoning_content":"hm"})") + chunk(R"({"reasoning":"m"})") +
                              chunk(R"({"content":"7"})", "\"stop\"") +
                              R"(data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":3,)"
                              R"("completion_tokens_details":{"reasoning_tokens":2},)"
                              R"("prompt_tokens_details":{"cached_tokens":1}}})"
                              "\n\n" +
                              kDone);
  EXPECT_EQ(got.reasoning, "hmm");
  EXPECT_EQ(got.text, "7");
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.events[0].kind, TokenKind::reasoning);
  EXPECT_EQ(got.events[2].kind, TokenKind::answer);
  EXPECT_EQ(got.finished->counts.reasoning_tokens, 2U);
  EXPECT_EQ(got.finished->counts.cached_prompt_tokens, 1U);
}

TEST_F(ServerTest, a_refusal_is_text_and_is_named) {
  const Got got = chat_stream(chunk(R"({"content":null,"refusal":"I "})") + chunk(R"({"refusal":"will "})") +
                              chunk(R"({"refusal":"not."})") + chunk("{}", "\"stop\"") + kDone);
  ASSERT_TRUE(got.finished) << got.broken->detail;
  EXPECT_EQ(got.text, "I will not.");
  EXPECT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.finished->claims[std::string(record::kClaimedRefusal)], "refusal");
  const Got plain = chat_stream(chunk(R"({"content":"7","refusal":null})", "\"stop\"") + kDone);
  EXPECT_FALSE(plain.finished->claims.contains(record::kClaimedRefusal));
}

TEST_F(ServerTest, usage_is_found_in_every_place) {
  const std::string text = chunk(R"({"content":"7"})", "\"stop\"");
  for (
      const std::string where :
      {R"(data: {"choices":[],"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":2}}})",
       R"(data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}})",
       R"(data: {"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_cache_hit_tokens":0}})"}) {
    const Got got = chat_stream(text + where + "\n\n" + kDone);
    ASSERT_TRUE(got.finished) << where;
    EXPECT_EQ(got.finished->counts.prompt_tokens, 5U) << where;
    EXPECT_EQ(got.finished->counts.output_tokens, 2U) << where;
  }
}

TEST_F(ServerTest, chunks_that_are_alike_are_told_apart) {
  // The first of each kind is read in full, and those behind it only compared with it.
  const auto counted = [](const std::string& text, int n) {
    return R"(data: {"choices":[{"index":0,"delta":{"content":")" + text +
           R"("}}],"usage":{"prompt_tokens":3,)" + R"("completion_tokens":)" + std::to_string(n) + "}}\n\n";
  };
  const Got got = chat_stream(
      chunk(R"({"reasoning":"h"})") + chunk(R"({"reasoning":"m"})") + chunk(R"({"reasoning":"!"})") +
      chunk(R"({"content":"1"})") + chunk(R"({"content":"\n"})") + chunk(R"({"content":"2"})") +
      chunk(R"({"content":""})") + chunk(R"({"content":"3"})") + counted("4", 7) + counted("5", 7) +
      counted("6", 9) + chunk(R"({"content":"7"})", "\"length\"") + kDone);
  ASSERT_TRUE(got.finished) << got.broken->detail;
  EXPECT_EQ(got.reasoning, "hm!");
  EXPECT_EQ(got.text, "1\n234567");
  EXPECT_EQ(got.events.size(), 11U);
  EXPECT_EQ(got.finished->counts.output_tokens, 9U);
  EXPECT_EQ(got.finished->finish, "length");
}

TEST_F(ServerTest, an_answer_in_one_piece_has_text_and_counts_and_no_token_times) {
  const Got got = chat([](const SeenRequest&, HttpWire& wire) {
    wire.answer(200, "application/json",
                R"({"choices":[{"message":{"role":"assistant","content":"7"},"finish_reason":"stop"}],)"
                R"("usage":{"prompt_tokens":16,"completion_tokens":2}})");
  });
  ASSERT_TRUE(got.finished) << got.broken->detail;
  EXPECT_EQ(got.text, "7");
  EXPECT_TRUE(got.events.empty());
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
}

TEST_F(ServerTest, an_end_without_done_counts_when_a_reason_came) {
  const Got got = chat_stream(chunk(R"({"content":"7"})") + chunk("{}", "\"stop\""));
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->finish, "stop");
  EXPECT_EQ(got.finished->counts.source, record::CountSource::none) << "the runner counts events and says so";
}

TEST_F(ServerTest, what_follows_the_end_belongs_to_nobody) {
  std::atomic<int> n = 0;
  serve([&](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(chunk(R"({"content":")" + std::to_string(++n) + "\"}", "\"stop\"") + kDone +
               chunk(R"({"content":"x"})"));
    wire.piece("garbage");
    wire.end_stream();
  });
  auto backend = loaded_openai();
  EXPECT_EQ(one_answer(*backend, ask(1)).text, "1");
  EXPECT_EQ(one_answer(*backend, ask(2)).text, "2");
}

TEST_F(ServerTest, the_model_must_be_on_the_servers_list) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(404, "application/json", "{}"); });
  auto backend = engine("openai", "tinny");
  const auto loaded = backend->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(message(loaded.error()),
            "the server has no model 'tinny'; expected one of: tiny, other. Did you mean 'tiny'?");
}

TEST_F(ServerTest, base_latency_and_supported_parameters_are_known_after_the_load) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(404, "application/json", "{}"); });
  auto backend = engine("openai", "tiny");
  const auto loaded = backend->load({.params = {{"threads", 1}}});
  ASSERT_TRUE(loaded.has_value());
  ASSERT_TRUE(loaded->base_latency);
  EXPECT_GT(loaded->base_latency->count(), 0);
  EXPECT_TRUE(loaded->over_http);
  EXPECT_FALSE(loaded->load) << "somebody else loaded it";
  EXPECT_EQ(loaded->effective.at("threads").how, record::Applied::not_supported);
}

TEST_F(ServerTest, llama_server_says_what_it_takes_for_what_is_not_sent) {
  small_["GET /props"] = capture_body("llama-server.props.http");
  small_["GET /v1/models"] = capture_body("llama-server.v1-models.http");
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(chunk(R"({"content":"7"})", "\"stop\"") + kDone);
    wire.end_stream();
  });
  auto backend = engine("llama-server", "");
  const auto loaded = backend->load({});
  ASSERT_TRUE(loaded.has_value()) << message(loaded.error());
  EXPECT_EQ(loaded->parameters, 967808U);
  EXPECT_EQ(loaded->effective.at("context").how, record::Applied::verified);
  const Got got = one_answer(*backend);
  ASSERT_TRUE(got.accepted);
  EXPECT_EQ(got.accepted->effective.at("top_k").value, 40);
  EXPECT_EQ(got.accepted->effective.at("top_k").how, record::Applied::verified);
  EXPECT_EQ(got.accepted->effective.at("temperature").how, record::Applied::unverified);
  EXPECT_EQ((*parse_json(server_->seen().back().body))["cache_prompt"], false);
}

class LlamaServerTest : public ServerTest {
 protected:
  void SetUp() override {
    small_["GET /props"] = capture_body("llama-server.props.http");
    small_["GET /v1/models"] = capture_body("llama-server.v1-models.http");
  }
  /// Answers every chat, and the question for a prompt with this.
  void serve_prompts(int status, const std::string& body) {
    serve([=](const SeenRequest& request, HttpWire& wire) {
      if (request.path == "/apply-template") return wire.answer(status, "application/json", body);
      wire.begin_stream();
      wire.piece(chunk(R"({"content":"7"})", "\"stop\"") + kDone);
      wire.end_stream();
    });
  }
  std::size_t questions() {
    const auto seen = server_->seen();
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [](const SeenRequest& request) {
      return request.path == "/apply-template";
    }));
  }
};

TEST_F(LlamaServerTest, the_prompt_is_what_its_template_makes) {
  serve_prompts(200, capture_body("llama-server.apply-template.http"));
  auto backend = engine("llama-server", "");
  ASSERT_TRUE(backend->load({}).has_value());
  Request request = ask(1);
  request.params["think"] = false;
  const Got got = one_answer(*backend, request);
  ASSERT_TRUE(got.accepted);
  EXPECT_EQ(got.accepted->prompt, "<|im_start|>user\nWhat is 3 + 4?<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_TRUE(got.failed.empty());
  const auto seen = server_->seen();
  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen[seen.size() - 2].path, "/apply-template")
      << "before the request, so that it disturbs no token";
  EXPECT_EQ(seen[seen.size() - 2].body, seen.back().body) << "thinking is a matter of the template, too";

  request.id = 2;
  request.prompt.raw = true;
  EXPECT_EQ(one_answer(*backend, request).accepted->prompt, "") << "no template is applied";
  EXPECT_EQ(questions(), 1U);
}

TEST_F(LlamaServerTest, one_that_does_not_tell_prompts_answers_all_the_same) {
  for (const auto& [status, body, asked] :
       {std::tuple(404, "{}", 1U), std::tuple(500, "boom", 2U), std::tuple(200, "[]", 2U),
        std::tuple(200, R"({"prompt":7})", 2U), std::tuple(200, "{", 2U)}) {
    serve_prompts(status, body);
    auto backend = engine("llama-server", "");
    ASSERT_TRUE(backend->load({}).has_value());
    for (const RequestId id : {1U, 2U}) {
      const Got got = one_answer(*backend, ask(id));
      ASSERT_TRUE(got.finished) << status;
      EXPECT_EQ(got.text, "7");
      EXPECT_EQ(got.accepted->prompt, "");
    }
    EXPECT_EQ(questions(), asked) << status << ": one without the route is not asked again";
  }
}

TEST_F(LlamaServerTest, a_request_can_be_cancelled_while_its_prompt_is_asked_for) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.stall(); });
  auto backend = engine("llama-server", "");
  ASSERT_TRUE(backend->load({}).has_value());
  backend->start(ask(1));
  backend->wait(clock_.now());
  backend->cancel(1);
  const Got got = collect(*backend, 1);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->finish, "cancelled");
  EXPECT_FALSE(got.sent);
}

TEST_F(ServerTest, a_list_that_says_nothing_stops_only_who_needs_it) {
  small_["GET /v1/models"] = "";  // as mlx_lm answers without a cache of its own
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(404, "application/json", "{}"); });
  EXPECT_TRUE(engine("mlx", "models/tiny")->load({}).has_value());
  const auto refused = engine("openai", "tiny")->load({});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(message(refused.error()).find("text that is no JSON"), std::string::npos)
      << message(refused.error());
}

TEST_F(ServerTest, cancel_ends_the_answer) {
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece(chunk(R"({"content":"7"})"));
    wire.stall();
  });
  auto backend = loaded_openai();
  backend->start(ask(1));
  Got got;
  while (got.text.empty()) {
    for (Event& event : backend->wait(clock_.now() + 100ms)) take(got, std::move(event));
  }
  backend->cancel(1);
  got = collect(*backend, 1);
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.finished->finish, "cancelled");
}

}  // namespace
}  // namespace assay::backend
