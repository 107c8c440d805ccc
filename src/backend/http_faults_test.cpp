// Every fault that a server can have: the right reason, a sentence, and nothing lost. Where keys may go.
#include <atomic>
#include <cstdlib>

#include "backend/talk.h"
#include "testing/model_server.h"

namespace assay::backend {
namespace {

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
      {"400", status(400, R"({"message":"no such parameter"})"), "http",
       "answered 400 bad request: no such parameter"},
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
      {"a wrong length",
       [](const SeenRequest&, HttpWire& wire) {
         wire.send(
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
             "1000\r\n\r\n{\"choices\":[");
         wire.close();
       },
       "transport", "ended before the length that was announced"},
      {"a length that is too short",
       [](const SeenRequest&, HttpWire& wire) {
         wire.send(
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
             "5\r\n\r\n{\"choices\":[]}");
         wire.close();
       },
       "http", "the answer is no JSON object"},
      {"a line of 50 MB",
       [](const SeenRequest&, HttpWire& wire) {
         wire.begin_stream();
         wire.piece("data: " + std::string(50U << 20U, 'x'));
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

TEST_F(ServerTest, a_redirect_does_not_take_the_key_along) {
  HttpServer other([](const SeenRequest&, HttpWire& wire) { wire.answer(200, "application/json", "{}"); });
  ::setenv("OPENAI_API_KEY", "sk-very-secret", 1);
  for (const int status : {301, 302, 303, 307, 308}) {
    const Got got = chat([&](const SeenRequest&, HttpWire& wire) {
      wire.answer(status, "text/plain", "", "Location: " + other.address() + "/v1/chat/completions\r\n");
    });
    ASSERT_TRUE(got.broken) << status;
    EXPECT_EQ(got.broken->reason, "http");
    EXPECT_NE(got.broken->detail.find("follows no redirects"), std::string::npos) << got.broken->detail;
  }
  ::unsetenv("OPENAI_API_KEY");
  EXPECT_TRUE(other.seen().empty());
}

TEST_F(ServerTest, a_server_without_tls_is_told_before_the_run) {
  serve([](const SeenRequest&, HttpWire& wire) { wire.answer(404, "application/json", "{}"); });
  record::ModelSpec spec;
  spec.engine = "openai";
  spec.model = "tiny";
  spec.url = "https" + server_->address().substr(4) + "/v1";
  const auto loaded = (*make(spec, {clock_}))->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(message(loaded.error()).find("Check the certificate"), std::string::npos)
      << message(loaded.error());
}

TEST_F(ServerTest, an_answer_byte_by_byte_is_the_same_answer) {
  const Got got = chat([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    for (const char byte :
         chunk(R"({"content":"ä"})") + chunk(R"({"content":"€"})", "\"stop\"") + usage(3, 3) + kDone)
      wire.piece(std::string_view(&byte, 1));
    wire.end_stream();
  });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "ä€");
  EXPECT_EQ(got.events.size(), 3U);
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
  ASSERT_EQ(got.failed.size(), 2U);
  Nanos before{0};
  for (const record::Attempt& one : got.failed) {
    EXPECT_EQ(one.reason, "http");
    EXPECT_EQ(one.http_status, 429);
    EXPECT_EQ(one.retry_after, "0");
    EXPECT_EQ(one.pause, Nanos{0});
    EXPECT_NE(one.detail.find("answered 429 too many requests"), std::string::npos) << one.detail;
    ASSERT_TRUE(one.sent);
    EXPECT_TRUE(before <= one.began && one.began <= *one.sent && *one.sent <= one.ended);
    before = one.ended;
  }
  EXPECT_GE(got.sent->at, before) << "the time of the request that was answered";
}

TEST_F(ServerTest, what_a_stranger_writes_into_a_refusal_is_cut) {
  const Got got = chat([](const SeenRequest&, HttpWire& wire) {
    wire.answer(429, "application/json", R"({"error":")" + std::string(1U << 20U, 'x') + "\"}",
                "Retry-After: " + std::string(10'000, 'y') + "\r\n");
  });
  ASSERT_TRUE(got.broken);
  EXPECT_EQ(got.broken->http_status, 429);
  ASSERT_EQ(got.failed.size(), 3U);
  for (const record::Attempt& one : got.failed) {
    EXPECT_LT(one.detail.size(), 600U);
    EXPECT_LT(one.retry_after->size(), 100U);
  }
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
  ASSERT_EQ(got.failed.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const record::Attempt& one = got.failed[i];
    EXPECT_EQ(one.pause, (i + 1) * kPause);
    EXPECT_EQ(one.reason, "transport");
    EXPECT_EQ(one.sent, std::nullopt) << "nothing was sent";
    EXPECT_EQ(one.http_status, std::nullopt);
  }
  EXPECT_FALSE(got.sent);
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

}  // namespace
}  // namespace assay::backend
