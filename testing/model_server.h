// A scripted model server with an engine of ours in front of it, and what a request to it gave.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backend/backend.h"
#include "backend/table.h"
#include "base/file.h"
#include "testing/http_server.h"

namespace assay::backend {

using namespace std::chrono_literals;
using testing::HttpServer;
using testing::HttpWire;
using testing::SeenRequest;

struct Got {
  std::string text;
  std::string reasoning;
  std::vector<record::TokenEvent> events;
  std::optional<Sent> sent;
  std::vector<record::Attempt> failed;  ///< tries before the last
  std::optional<Accepted> accepted;
  std::optional<Finished> finished;
  std::optional<Broken> broken;
};

inline void take(Got& got, Event event) {
  if (auto* tokens = std::get_if<Tokens>(&event.what)) {
    got.text += tokens->text;
    got.reasoning += tokens->reasoning;
    got.events.insert(got.events.end(), tokens->events.begin(), tokens->events.end());
  }
  if (auto* sent = std::get_if<Sent>(&event.what)) got.sent = *sent;
  if (auto* again = std::get_if<Again>(&event.what)) got.failed.push_back(again->failed);
  if (auto* accepted = std::get_if<Accepted>(&event.what)) got.accepted = *accepted;
  if (auto* finished = std::get_if<Finished>(&event.what)) got.finished = *finished;
  if (auto* broken = std::get_if<Broken>(&event.what)) got.broken = *broken;
}

inline Request ask(RequestId id, const std::string& text = "What is 3 + 4?") {
  return {.id = id,
          .case_id = "c",
          .repeat = 0,
          .prompt = {.messages = {{"user", text}}, .raw = false, .images = {}, .audio = {}},
          .params = {{"temperature", 0}, {"max_tokens", 16}, {"seed", 7}}};
}

/// The body of a captured answer.
inline std::string capture_body(const std::string& name) {
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
    auto made = make(spec, {clock_, kPause});
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

  static constexpr Nanos kPause = 1ms;  ///< between two tries, where no server names a time
  SystemClock clock_;
  std::map<std::string, std::string> small_{
      {"GET /v1/models", R"({"object":"list","data":[{"id":"tiny"},{"id":"other"}]})"}};
  std::unique_ptr<HttpServer> server_;
};

inline std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"(data: {"choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":)" + finish + "}]}\n\n";
}
inline std::string usage(int prompt, int output) {
  return R"(data: {"choices":[],"usage":{"prompt_tokens":)" + std::to_string(prompt) +
         R"(,"completion_tokens":)" + std::to_string(output) + "}}\n\n";
}
inline const std::string kRole = R"({"role":"assistant","content":null})";
inline const std::string kDone = "data: [DONE]\n\n";

}  // namespace assay::backend
