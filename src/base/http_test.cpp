// The client against a server that keeps and breaks the protocol.
#include "base/http.h"

#include <map>

#include <gtest/gtest.h>

#include "testing/http_server.h"

namespace assay {
namespace {

using namespace std::chrono_literals;
using testing::HttpServer;
using testing::HttpWire;
using testing::SeenRequest;

class HttpTest : public ::testing::Test {
 protected:
  /// Every event of one request, until its end.
  std::vector<HttpEvent> all_events(HttpRequest request) {
    const HttpId id = client_.start(std::move(request));
    std::vector<HttpEvent> all;
    const Nanos until = clock_.now() + 20s;
    while (clock_.now() < until) {
      for (HttpEvent& event : client_.wait(clock_.now() + 100ms)) {
        EXPECT_EQ(event.id, id);
        all.push_back(std::move(event));
      }
      if (!all.empty() && (std::holds_alternative<HttpDone>(all.back().what) ||
                           std::holds_alternative<HttpFailed>(all.back().what)))
        break;
    }
    return all;
  }

  HttpFailed failure_of(HttpRequest request) {
    const auto events = all_events(std::move(request));
    if (events.empty() || !std::holds_alternative<HttpFailed>(events.back().what)) {
      ADD_FAILURE() << "it did not fail";
      return {};
    }
    return std::get<HttpFailed>(events.back().what);
  }

  SystemClock clock_;
  HttpClient client_{clock_};
};

TEST_F(HttpTest, sends_what_it_was_given_and_stamps_in_order) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece("data: a\n\n");
    wire.end_stream();
  });
  const Nanos before = clock_.now();
  const auto events = all_events(
      {.method = "POST", .url = server.address() + "/v1/x?y=1", .headers = {{"X-Test", "é"}}, .body = "{}"});
  ASSERT_GE(events.size(), 4U);
  const auto sent = std::get<HttpSent>(events[0].what);
  const auto head = std::get<HttpHead>(events[1].what);
  const auto body = std::get<HttpBody>(events[2].what);
  const auto done = std::get<HttpDone>(events.back().what);
  EXPECT_LE(before, sent.at);
  EXPECT_LE(sent.at, head.at);
  EXPECT_LE(head.at, body.at);
  EXPECT_LE(body.at, done.at);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(header_of(head.headers, "content-type"), "text/event-stream");
  EXPECT_EQ(body.bytes, "data: a\n\n");
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "POST");
  EXPECT_EQ(seen[0].path, "/v1/x?y=1");
  EXPECT_EQ(seen[0].body, "{}");
  EXPECT_EQ(seen[0].headers.at("x-test"), "é");
  EXPECT_FALSE(seen[0].headers.contains("expect"));
}

TEST_F(HttpTest, gives_bytes_when_they_come_not_when_the_answer_ends) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece("first");
    wire.stall();
  });
  const HttpId id = client_.start({.url = server.address()});
  std::string bytes;
  const Nanos until = clock_.now() + 20s;
  while (bytes.empty() && clock_.now() < until) {
    for (const HttpEvent& event : client_.wait(clock_.now() + 100ms)) {
      if (const auto* body = std::get_if<HttpBody>(&event.what)) bytes += body->bytes;
    }
  }
  EXPECT_EQ(bytes, "first");
  EXPECT_EQ(client_.in_flight(), 1U);
  client_.cancel(id);
  EXPECT_EQ(client_.in_flight(), 0U);
}

TEST_F(HttpTest, many_at_once_do_not_mix) {
  HttpServer server(
      [](const SeenRequest& request, HttpWire& wire) { wire.answer(200, "text/plain", request.body); });
  std::map<HttpId, std::string> expected;
  std::map<HttpId, std::string> got;
  for (int i = 0; i < 64; ++i) {
    const std::string text = "body " + std::to_string(i);
    expected[client_.start({.method = "POST", .url = server.address(), .body = text})] = text;
  }
  const Nanos until = clock_.now() + 20s;
  std::size_t done = 0;
  while (done < expected.size() && clock_.now() < until) {
    for (const HttpEvent& event : client_.wait(clock_.now() + 100ms)) {
      if (const auto* body = std::get_if<HttpBody>(&event.what)) got[event.id] += body->bytes;
      done += std::holds_alternative<HttpDone>(event.what) ? 1 : 0;
    }
  }
  EXPECT_EQ(got, expected);
}

TEST_F(HttpTest, follows_no_redirect) {
  HttpServer other([](const SeenRequest&, HttpWire& wire) { wire.answer(200, "text/plain", "stolen"); });
  HttpServer server([&](const SeenRequest&, HttpWire& wire) {
    wire.answer(302, "text/plain", "", "Location: " + other.address() + "\r\n");
  });
  const auto reply =
      client_.fetch({.url = server.address(), .headers = {{"Authorization", "Bearer secret"}}});
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 302);
  EXPECT_TRUE(other.seen().empty());
}

TEST_F(HttpTest, refused_is_not_sent) {
  int port = 0;
  {
    port = HttpServer([](const SeenRequest&, HttpWire&) {}).port();
  }  // free again
  const HttpFailed failed = failure_of({.url = "http://127.0.0.1:" + std::to_string(port)});
  EXPECT_EQ(failed.trouble, HttpTrouble::connect);
  EXPECT_EQ(failed.sentence, "connection refused");
  EXPECT_FALSE(failed.was_sent);
}

TEST_F(HttpTest, a_reset_in_the_middle_is_told) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) {
    wire.begin_stream();
    wire.piece("data: a\n\n");
    wire.reset();
  });
  const HttpFailed failed = failure_of({.url = server.address()});
  EXPECT_EQ(failed.trouble, HttpTrouble::broken);
  EXPECT_TRUE(failed.was_sent);
}

TEST_F(HttpTest, a_wrong_length_is_told) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) {
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    wire.close();
  });
  EXPECT_EQ(failure_of({.url = server.address()}).sentence,
            "the answer ended before the length that was announced");
}

TEST_F(HttpTest, silence_and_slowness_have_limits) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) { wire.stall(); });
  EXPECT_EQ(failure_of({.url = server.address(), .limits = {.silence = 100ms}}).sentence,
            "nothing came for 0.1 s");
  EXPECT_EQ(failure_of({.url = server.address(), .limits = {.whole = 100ms}}).trouble, HttpTrouble::timeout);
}

TEST_F(HttpTest, what_is_no_http_is_told) {
  HttpServer server([](const SeenRequest&, HttpWire& wire) {
    wire.send("SSH-2.0-OpenSSH_9.2\r\n");
    wire.close();
  });
  EXPECT_EQ(failure_of({.url = server.address()}).trouble, HttpTrouble::broken);
  EXPECT_EQ(failure_of({.url = "gopher://127.0.0.1/"}).trouble, HttpTrouble::bad_url);
  EXPECT_EQ(failure_of({.url = "http://"}).trouble, HttpTrouble::bad_url);
  // Plain words where TLS is spoken.
  const std::string tls = "https" + server.address().substr(4);
  EXPECT_EQ(failure_of({.url = tls}).trouble, HttpTrouble::tls);
}

TEST_F(HttpTest, fetch_has_a_limit) {
  HttpServer server(
      [](const SeenRequest&, HttpWire& wire) { wire.answer(200, "text/plain", std::string(100'000, 'x')); });
  const auto reply = client_.fetch({.url = server.address()}, 1000);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().sentence, "the answer is longer than 1000 bytes");
  EXPECT_EQ(client_.in_flight(), 0U);
}

}  // namespace
}  // namespace assay
