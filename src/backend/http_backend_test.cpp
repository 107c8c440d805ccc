// The servers that people use, as they really answered, and every fault that one can have.
#include "backend/http_backend.h"

#include <atomic>
#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "backend/anthropic.h"
#include "backend/ollama.h"
#include "backend/openai.h"
#include "backend/retry.h"
#include "backend/table.h"
#include "base/file.h"
#include "testing/http_server.h"

namespace assay::backend {
namespace {

using namespace std::chrono_literals;
using record::TokenKind;
using testing::HttpServer;
using testing::HttpWire;
using testing::SeenRequest;

struct Got {
  std::string text;
  std::string reasoning;
  std::vector<record::TokenEvent> events;
  std::optional<Sent> sent;
  std::optional<Accepted> accepted;
  std::optional<Finished> finished;
  std::optional<Broken> broken;
};

void take(Got& got, Event event) {
  if (auto* tokens = std::get_if<Tokens>(&event.what)) {
    got.text += tokens->text;
    got.reasoning += tokens->reasoning;
    got.events.insert(got.events.end(), tokens->events.begin(), tokens->events.end());
  }
  if (auto* sent = std::get_if<Sent>(&event.what)) got.sent = *sent;
  if (auto* accepted = std::get_if<Accepted>(&event.what)) got.accepted = *accepted;
  if (auto* finished = std::get_if<Finished>(&event.what)) got.finished = *finished;
  if (auto* broken = std::get_if<Broken>(&event.what)) got.broken = *broken;
}

Request ask(RequestId id, const std::string& text = "What is 3 + 4?") {
  return {.id = id,
          .case_id = "c",
          .repeat = 0,
          .prompt = {.messages = {{"user", text}}, .raw = false, .images = {}, .audio = {}},
          .params = {{"temperature", 0}, {"max_tokens", 16}, {"seed", 7}}};
}

/// The body of a captured answer.
std::string capture_body(const std::string& name) {
  const auto text = read_file(std::string(ASSAY_SOURCE_DIR "/src/backend/testdata/") + name, 1U << 20U);
  EXPECT_TRUE(text.has_value()) << name;
  return text ? text->substr(text->find("\r\n\r\n") + 4) : std::string();
}

class ServerTest : public ::testing::Test {
 protected:
  /// A server of this engine whose small questions are answered, and whose generations are `answer`'s.
  void serve(HttpServer::Handler answer) {
    server_ = std::make_unique<HttpServer>([this, answer](const SeenRequest& request, HttpWire& wire) {
      const auto known = small_.find(request.method + " " + request.path);
      if (known == small_.end()) return answer(request, wire);
      wire.answer(200, "application/json", known->second);
    });
  }

  std::unique_ptr<Backend> engine(const std::string& name, const std::string& model) {
    record::ModelSpec spec;
    spec.engine = name;
    spec.model = model;
    spec.url = server_->address() + (name == "openai" ? "/v1" : "");
    auto made = make(spec, {clock_});
    if (!made) {
      ADD_FAILURE() << message(made.error());
      return nullptr;
    }
    return std::move(*made);
  }

  std::unique_ptr<Backend> loaded_openai() {
    auto backend = engine("openai", "tiny");
    const auto loaded = backend->load({});
    EXPECT_TRUE(loaded.has_value()) << message(loaded.error());
    return backend;
  }

  Got collect(Backend& backend, RequestId id) {
    Got got;
    const Nanos until = clock_.now() + 20s;
    while (!got.finished && !got.broken && clock_.now() < until) {
      for (Event& event : backend.wait(clock_.now() + 100ms)) {
        if (event.id == id) take(got, std::move(event));
      }
    }
    return got;
  }

  Got one_answer(Backend& backend, Request request = ask(1)) {
    const RequestId id = request.id;
    backend.start(std::move(request));
    return collect(backend, id);
  }

  /// What a chat with a server that answers so gives.
  Got chat(HttpServer::Handler answer) {
    serve(std::move(answer));
    auto backend = loaded_openai();
    return one_answer(*backend);
  }

  Got chat_stream(const std::string& body) {
    return chat([body](const SeenRequest&, HttpWire& wire) {
      wire.begin_stream();
      wire.piece(body);
      wire.end_stream();
    });
  }

  SystemClock clock_;
  std::map<std::string, std::string> small_{
      {"GET /v1/models", R"({"object":"list","data":[{"id":"tiny"},{"id":"other"}]})"}};
  std::unique_ptr<HttpServer> server_;
};

std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"(data: {"choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":)" + finish + "}]}\n\n";
}
std::string usage(int prompt, int output) {
  return R"(data: {"choices":[],"usage":{"prompt_tokens":)" + std::to_string(prompt) +
         R"(,"completion_tokens":)" + std::to_string(output) + "}}\n\n";
}
const std::string kRole = R"({"role":"assistant","content":null})";
const std::string kDone = "data: [DONE]\n\n";

// ---- the good way, and the dialects ----

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

// ---- faults ----

TEST_F(ServerTest, faults_have_a_reason_and_a_sentence) {
  struct Fault {
    const char* name;
    HttpServer::Handler answer;
    std::string reason;
    std::string sentence;  // part of it
  };
  const auto status = [](int code, std::string body, std::string headers = {}) {
    return [=](const SeenRequest&, HttpWire& wire) { wire.answer(code, "application/json", body, headers); };
  };
  const auto stream = [](std::string body) {
    return [body](const SeenRequest&, HttpWire& wire) {
      wire.begin_stream();
      wire.piece(body);
      wire.end_stream();
    };
  };
  const std::vector<Fault> faults{
      {"500", status(500, R"({"error":{"message":"boom"}})"), "http",
       "answered 500 internal server error: boom"},
      {"401", status(401, R"({"error":"bad key"})"), "http", "answered 401 not authorised: bad key"},
      {"404", status(404, R"({"detail":"no such route"})"), "http", "answered 404 not found: no such route"},
      {"413", status(413, "too much"), "http", "answered 413 too large: too much"},
      {"503 without a time", status(503, "{}"), "http", "answered 503 unavailable"},
      {"429 with a far time", status(429, "{}", "Retry-After: 86400\r\n"), "http", "Ask for less at a time"},
      {"redirect", status(302, "", "Location: http://example.org/\r\n"), "http",
       "sends on to http://example.org/"},
      {"a web page",
       [](const SeenRequest&, HttpWire& wire) { wire.answer(200, "text/html", "<html>welcome</html>"); },
       "http", "answered with a web page"},
      {"a web page as an error", status(502, "<html>nginx</html>"), "http", "a web page instead of JSON"},
      {"cut JSON", status(200, R"({"choices":[{"mess)"), "http", "the answer is no JSON object"},
      {"no JSON in the stream", stream("data: {\"choices\n\n"), "http",
       "a chunk of the stream is no JSON object"},
      {"an error in the stream",
       stream(chunk(R"({"content":"7"})") + R"(data: {"error":{"message":"out of slots"}})"
                                            "\n\n"),
       "http", "the server broke its answer off: out of slots"},
      {"no end", stream(chunk(R"({"content":"7"})")), "transport", "without a finish reason"},
      {"nothing", stream(""), "transport", "without a finish reason"},
      {"reset in the middle",
       [](const SeenRequest&, HttpWire& wire) {
         wire.begin_stream();
         wire.piece(chunk(R"({"content":"7"})"));
         wire.reset();
       },
       "transport", "broke off"},
      {"closed without an answer", [](const SeenRequest&, HttpWire& wire) { wire.close(); }, "transport",
       "closed without an answer"},
      {"a line of 17 MB",
       [](const SeenRequest&, HttpWire& wire) {
         wire.begin_stream();
         wire.piece("data: " + std::string(17U << 20U, 'x'));
         wire.stall();
       },
       "http", "longer than 16 MiB"},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    const Got got = chat(fault.answer);
    ASSERT_TRUE(got.broken) << "it did not break";
    EXPECT_EQ(got.broken->reason, fault.reason);
    EXPECT_NE(got.broken->detail.find(fault.sentence), std::string::npos) << got.broken->detail;
    EXPECT_FALSE(got.broken->engine_died);
  }
}

TEST_F(ServerTest, text_that_came_before_a_fault_is_kept) {
  const Got got = chat_stream(chunk(R"({"content":"half"})"));
  EXPECT_EQ(got.text, "half");
  EXPECT_TRUE(got.broken);
}

TEST_F(ServerTest, too_many_requests_are_asked_again_when_the_server_says_so) {
  const Got got = chat([](const SeenRequest& request, HttpWire& wire) {
    static std::atomic<int> tries = 0;
    if (!request.body.empty()) ++tries;
    if (tries < 3) return wire.answer(429, "application/json", "{}", "Retry-After: 0\r\n");
    wire.begin_stream();
    wire.piece(chunk(R"({"content":"7"})", "\"stop\"") + kDone);
    wire.end_stream();
  });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "7");
  EXPECT_EQ(got.sent->retries, 2U) << "it is in the record";
}

TEST_F(ServerTest, a_server_that_is_gone_is_dead) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(404, "application/json", "{}"); });
  auto backend = loaded_openai();
  server_.reset();
  const Got got = one_answer(*backend);
  ASSERT_TRUE(got.broken);
  EXPECT_EQ(got.broken->reason, "transport");
  EXPECT_TRUE(got.broken->engine_died);
  EXPECT_NE(got.broken->detail.find("connection refused"), std::string::npos) << got.broken->detail;
}

TEST_F(ServerTest, a_key_is_shown_nowhere) {
  ::setenv("OPENAI_API_KEY", "sk-very-secret", 1);
  serve([](const SeenRequest& request, HttpWire& wire) {
    wire.answer(401, "application/json",
                R"({"error":{"message":"wrong key )" + request.headers.at("authorization") + "\"}}");
  });
  auto backend = loaded_openai();
  const Got got = one_answer(*backend);
  ::unsetenv("OPENAI_API_KEY");
  EXPECT_EQ(server_->seen().back().headers.at("authorization"), "Bearer sk-very-secret");
  ASSERT_TRUE(got.broken);
  EXPECT_EQ(got.broken->detail.find("sk-very-secret"), std::string::npos) << got.broken->detail;
  EXPECT_NE(got.broken->detail.find("Bearer [key]"), std::string::npos) << got.broken->detail;
  EXPECT_NE(got.broken->detail.find("OPENAI_API_KEY"), std::string::npos) << got.broken->detail;
}

TEST(Key, goes_where_the_user_sent_it_and_nowhere_else) {
  record::ModelSpec typed;
  record::ModelSpec in_a_suite;
  in_a_suite.where.file = "suite.yaml";
  const char* service = "https://api.example.com/v1";
  EXPECT_TRUE(may_have_key(service, service, in_a_suite));
  EXPECT_TRUE(may_have_key("http://127.0.0.1:8080/v1", service, in_a_suite));
  EXPECT_TRUE(may_have_key("https://my.host/v1", service, typed));
  EXPECT_FALSE(may_have_key("https://my.host/v1", service, in_a_suite));
  EXPECT_FALSE(may_have_key("http://127.0.0.1@evil.org/v1", service, in_a_suite));
  EXPECT_FALSE(may_have_key("http://127.evil.org/v1", service, in_a_suite));
  EXPECT_FALSE(may_have_key("http://localhost.evil.org/v1", service, in_a_suite));
}

TEST(Key, has_no_place_in_an_address) {
  SystemClock clock;
  record::ModelSpec spec;
  spec.engine = "openai";
  spec.model = "m";
  spec.url = "http://me:sk-secret@host:8080/v1";
  const auto made = make(spec, {clock});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(message(made.error()),
            "the address http://host:8080/v1 is given with a user or password in it; expected the address "
            "alone. Keys "
            "come from the environment: docs/engines.md");
}

// ---- real answers, byte for byte ----

class RealAnswer : public ServerTest {
 protected:
  static std::string capture(const std::string& name) { return capture_body(name); }

  /// Every way of tearing it gives the same.
  template <class Make>
  static Got read(const std::string& body, Make make) {
    Got whole;
    for (std::size_t size : {body.size(), std::size_t{1}, std::size_t{7}, std::size_t{64}}) {
      auto reader = make();
      Got got;
      std::vector<Piece> pieces;
      Nanos at{1};
      for (std::size_t from = 0; from < body.size(); from += size)
        reader->take(std::string_view(body).substr(from, size), at++, pieces);
      reader->end(at, pieces);
      for (Piece& piece : pieces) std::visit([&](auto&& what) { take(got, {1, what}); }, piece);
      if (size == body.size()) {
        whole = got;
      } else {
        EXPECT_EQ(got.text, whole.text) << size;
        EXPECT_EQ(got.events.size(), whole.events.size()) << size;
        EXPECT_EQ(got.finished.has_value(), whole.finished.has_value()) << size;
      }
    }
    return whole;
  }
};

TEST_F(RealAnswer, llama_server) {
  const Got got = read(capture("llama-server.chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
  EXPECT_EQ(got.finished->counts.cached_prompt_tokens, 0U);
  EXPECT_DOUBLE_EQ(got.finished->claims["claimed_decode_tps"].get<double>(), 3194.888178913738);
  EXPECT_EQ(got.finished->claims["claimed_build"], "b0-llama-cpp-python-0.3.36");
}

TEST_F(RealAnswer, mlx_server) {
  const Got got = read(capture("mlx.chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U) << "the first chunk has content already; keepalive comments are none";
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->finish, "stop");
}

TEST_F(RealAnswer, mlx_server_cut_at_its_limit) {
  const Got got = read(capture("mlx.chat-stream-length.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_FALSE(got.text.empty());
  EXPECT_EQ(got.finished->finish, "length");
  EXPECT_EQ(got.finished->counts.source, record::CountSource::usage);
}

TEST_F(RealAnswer, llama_server_whole_and_cut) {
  const Got cut =
      read(capture("llama-server.chat-stream-length.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(cut.finished);
  EXPECT_EQ(cut.finished->finish, "length");
  EXPECT_EQ(cut.events.size(), *cut.finished->counts.output_tokens) << "no end token when it was cut";
  const Got whole = read(capture("llama-server.chat-plain.http"), [] { return make_openai_reader(false); });
  ASSERT_TRUE(whole.finished);
  EXPECT_EQ(whole.text, "8");
  EXPECT_TRUE(whole.events.empty());
}

TEST_F(RealAnswer, ollama) {
  const Got got = read(capture("ollama.chat-stream.http"), [] { return make_ollama_reader({4096, 5}); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U) << "the last line is the end token's event";
  EXPECT_EQ(got.finished->finish, "stop");
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
  EXPECT_FALSE(got.finished->counts.cached_prompt_tokens) << "Ollama does not tell";
  EXPECT_EQ(got.finished->flags, 0U);
  EXPECT_GT(got.finished->claims["claimed_decode_tps"].get<double>(), 0);
}

TEST_F(RealAnswer, ollama_cuts_a_long_prompt_in_silence_and_is_caught) {
  const std::string body = capture("ollama.generate-long-prompt-truncated.http");
  const Got full = read(body, [] { return make_ollama_reader({256, 100}); });
  ASSERT_TRUE(full.finished);
  EXPECT_TRUE(record::has(full.finished->flags, record::Flag::truncated_prompt)) << "the context is full";
  const Got short_of = read(body, [] { return make_ollama_reader({4096, 600}); });
  EXPECT_TRUE(record::has(short_of.finished->flags, record::Flag::truncated_prompt))
      << "fewer tokens than words";
}

TEST_F(RealAnswer, ollama_speaks_openais_protocol_too) {
  const Got got = read(capture("ollama.openai-chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
}

TEST_F(RealAnswer, of_ollama_cut_short_is_broken) {
  const std::string body = capture("ollama.chat-stream.http");
  const Got got = read(body.substr(0, body.find('\n') + 20), [] { return make_ollama_reader({4096, 5}); });
  ASSERT_TRUE(got.broken);
  EXPECT_EQ(got.text, "8");
}

// ---- Ollama: load, context, unload ----

class OllamaTest : public ServerTest {
 protected:
  void SetUp() override {
    small_ = {
        {"GET /api/version", R"({"version":"0.17.4"})"},
        {"POST /api/show",
         R"({"details":{"quantization_level":"Q8_0","family":"llama","parameter_size":"968K"},"template":"T",)"
         R"("model_info":{"general.architecture":"llama","general.parameter_count":967808,)"
         R"("llama.context_length":2048}})"},
        {"GET /api/tags", R"({"models":[{"name":"tiny:latest","digest":"8beb","size":1046460}]})"}};
  }
};

TEST_F(OllamaTest, loads_asks_and_unloads) {
  std::atomic<bool> resident = false;  // each connection of the server has a thread
  serve([&](const SeenRequest& request, HttpWire& wire) {
    const auto body = parse_json(request.body.empty() ? "{}" : request.body);
    if (request.path == "/api/ps") {
      return wire.answer(200, "application/json",
                         resident ? R"({"models":[{"name":"tiny:latest","size":5138944,"size_vram":0,)"
                                    R"("context_length":2048},{"name":"other:7b"}]})"
                                  : R"({"models":[{"name":"other:7b"}]})");
    }
    if (request.path == "/api/generate") {
      resident = (*body)["keep_alive"] != 0;
      return wire.answer(200, "application/json", R"({"done":true})");
    }
    wire.begin_stream("application/x-ndjson");
    wire.piece("{\"message\":{\"content\":\"7\"},\"done\":false}\n");
    wire.piece(
        R"({"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":16,"eval_count":2})"
        "\n");
    wire.end_stream();
  });
  auto backend = engine("ollama", "tiny");
  const auto loaded = backend->load({.params = {{"threads", 1}}, .parallel = 1, .longest = 9000});
  ASSERT_TRUE(loaded.has_value()) << message(loaded.error());
  EXPECT_EQ(loaded->parameters, 967808U);
  EXPECT_EQ(loaded->facts["digest"], "8beb");
  EXPECT_EQ(loaded->effective.at("context").value, 2048) << "what /api/ps says";
  EXPECT_EQ(loaded->effective.at("context").how, record::Applied::verified);
  EXPECT_TRUE(loaded->load.has_value());

  const Got got = one_answer(*backend);
  EXPECT_EQ(got.text, "7");
  const auto body = parse_json(server_->seen().back().body);
  EXPECT_EQ((*body)["options"],
            *parse_json(R"({"num_ctx":2048,"num_thread":1,"temperature":0,"num_predict":16,)"
                        R"("seed":7})"))
      << "the trained context is the most";
  EXPECT_TRUE(record::has(got.accepted->flags, record::Flag::contended)) << "another model was resident";
  EXPECT_FALSE(record::has(got.accepted->flags, record::Flag::cached_prefix));
  EXPECT_TRUE(record::has(one_answer(*backend, ask(2, "What is 3 + 5?")).accepted->flags,
                          record::Flag::cached_prefix))
      << "it begins like the one before";
  backend->unload();
  EXPECT_FALSE(resident);
}

TEST_F(OllamaTest, a_missing_model_says_how_to_fetch_it) {
  small_.erase("POST /api/show");
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.answer(404, "application/json", R"({"error":"model 'tiny:latest' not found"})");
  });
  auto backend = engine("ollama", "tiny");
  const auto loaded = backend->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(message(loaded.error())
                .find("has no model 'tiny:latest'. Fetch it: assay models pull ollama:tiny:latest"),
            std::string::npos)
      << message(loaded.error());
}

TEST(Ollama, address_in_every_form_that_it_takes) {
  EXPECT_EQ(ollama_address("http://host:1234/"), "http://host:1234");
  EXPECT_EQ(ollama_address("host:1234"), "http://host:1234");
  EXPECT_EQ(ollama_address("host"), "http://host:11434");
  EXPECT_EQ(ollama_address(":1234"), "http://127.0.0.1:1234");
  EXPECT_EQ(ollama_address("0.0.0.0"), "http://127.0.0.1:11434");
}

TEST(Ollama, context_is_what_the_longest_request_needs) {
  EXPECT_EQ(ollama_context(0, 0), 4096U);
  EXPECT_EQ(ollama_context(5000, 0), 5120U);
  EXPECT_EQ(ollama_context(5000, 2048), 2048U);
}

// ---- Anthropic ----

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

// ---- when to ask again ----

TEST(Retry, only_where_nothing_was_done) {
  const Nanos wall = 1'700'000'000s;
  EXPECT_EQ(wait_after_status(429, "3", 1, wall), Nanos{3s});
  EXPECT_EQ(wait_after_status(503, "3", 1, wall), Nanos{3s});
  EXPECT_EQ(wait_after_status(429, std::nullopt, 2, wall), Nanos{2s});
  EXPECT_FALSE(wait_after_status(503, std::nullopt, 1, wall));
  EXPECT_FALSE(wait_after_status(500, "3", 1, wall)) << "it may have done the work";
  EXPECT_FALSE(wait_after_status(429, "3", 4, wall)) << "often enough";
  EXPECT_FALSE(wait_after_status(429, "3600", 1, wall)) << "nobody waits an hour";
  EXPECT_EQ(parse_retry_after("Tue, 14 Nov 2023 22:13:30 GMT", wall), Nanos{10s});
  EXPECT_FALSE(parse_retry_after("soon", wall));
  EXPECT_FALSE(parse_retry_after("-1", wall));
}

}  // namespace
}  // namespace assay::backend
