// A worker in Python that keeps the protocol, and breaks it in every way that a worker can.
#include "backend/worker.h"

#include <gtest/gtest.h>

namespace assay::backend {
namespace {

using namespace std::chrono_literals;

struct Answer {
  std::string text;
  std::vector<record::TokenEvent> events;
  std::optional<Accepted> accepted;
  std::optional<Finished> finished;
  std::optional<Broken> broken;
};

class WorkerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Backend> worker(std::vector<std::string> faults) {
    std::vector<std::string> argv{"python3", ASSAY_SOURCE_DIR "/testing/fake_worker.py"};
    argv.insert(argv.end(), faults.begin(), faults.end());
    return make_worker(
        {.argv = argv, .model = "model.gguf", .hello_timeout = hello_timeout_, .load_timeout = 10s}, clock_);
  }

  static Request ask(RequestId id, const std::string& text) {
    return {.id = id,
            .case_id = "c",
            .repeat = 0,
            .prompt = {.messages = {{"user", text}}, .raw = false, .images = {}, .audio = {}},
            .params = {{"temperature", 0}}};
  }

  /// Waits for the end of the request.
  Answer collect(Backend& backend, RequestId id) {
    Answer answer;
    const Nanos until = clock_.now() + 20s;
    while (!answer.finished && !answer.broken && clock_.now() < until) {
      for (Event& event : backend.wait(clock_.now() + 100ms)) {
        if (event.id == id) take(answer, std::move(event));
      }
    }
    return answer;
  }

  static void take(Answer& answer, Event event) {
    if (auto* tokens = std::get_if<Tokens>(&event.what)) {
      answer.text += tokens->text;
      answer.events.insert(answer.events.end(), tokens->events.begin(), tokens->events.end());
    }
    if (auto* accepted = std::get_if<Accepted>(&event.what)) answer.accepted = *accepted;
    if (auto* finished = std::get_if<Finished>(&event.what)) answer.finished = *finished;
    if (auto* broken = std::get_if<Broken>(&event.what)) answer.broken = *broken;
  }

  /// The first request meets the fault; after the restart that its death demands, a second worker answers.
  Broken broken_by(const std::string& fault) {
    auto backend = worker({fault});
    EXPECT_TRUE(backend->load({}).has_value());
    backend->start(ask(1, "two words"));
    const Answer answer = collect(*backend, 1);
    EXPECT_TRUE(answer.broken.has_value()) << fault;
    return answer.broken.value_or(Broken{});
  }

  SystemClock clock_;
  Nanos hello_timeout_ = 20s;
};

TEST_F(WorkerTest, answers_with_text_times_counts_and_effective_params) {
  auto backend = worker({});
  const auto loaded = backend->load({.params = {{"context", 64}}, .parallel = 1});
  ASSERT_TRUE(loaded.has_value()) << message(loaded.error());
  EXPECT_EQ(loaded->load, 1ms);
  EXPECT_EQ(loaded->parameters, 42U);
  EXPECT_EQ(loaded->effective.at("context").value, 64);
  ASSERT_TRUE(backend->memory().has_value());
  EXPECT_GT(backend->memory()->peak_resident, 1U << 20U);
  const Nanos before = clock_.now();
  backend->start(ask(7, "two words"));
  const Answer answer = collect(*backend, 7);
  ASSERT_TRUE(answer.finished.has_value());
  EXPECT_EQ(answer.text, "two words");
  ASSERT_EQ(answer.events.size(), 2U);
  EXPECT_GE(answer.events[0].at, before);
  EXPECT_LE(answer.events[1].at, answer.finished->at);
  EXPECT_EQ(answer.finished->counts.output_tokens, 2U);
  EXPECT_EQ(answer.finished->counts.source, record::CountSource::engine);
  EXPECT_EQ(answer.accepted->effective.at("temperature").how, record::Applied::verified);
  EXPECT_EQ(answer.accepted->prompt_tokens, 2U);
}

TEST_F(WorkerTest, several_requests_in_flight_keep_their_own_answers) {
  auto backend = worker({});
  ASSERT_TRUE(backend->load({.params = {}, .parallel = 3}).has_value());
  for (RequestId id = 1; id <= 3; ++id) backend->start(ask(id, "text " + std::to_string(id)));
  std::map<RequestId, Answer> answers;
  const Nanos until = clock_.now() + 20s;
  const auto all_done = [&] {
    return answers.size() == 3 && std::all_of(answers.begin(), answers.end(), [](const auto& one) {
             return one.second.finished.has_value();
           });
  };
  while (!all_done() && clock_.now() < until) {
    for (Event& event : backend->wait(clock_.now() + 100ms)) take(answers[event.id], std::move(event));
  }
  for (RequestId id = 1; id <= 3; ++id) EXPECT_EQ(answers[id].text, "text " + std::to_string(id));
}

TEST_F(WorkerTest, a_death_gives_the_exit_and_the_last_words_and_load_starts_again) {
  auto backend = worker({"crash@1"});
  ASSERT_TRUE(backend->load({}).has_value());
  backend->start(ask(1, "boom"));
  const Answer answer = collect(*backend, 1);
  ASSERT_TRUE(answer.broken.has_value());
  EXPECT_EQ(answer.broken->reason, "server_exit");
  EXPECT_TRUE(answer.broken->engine_died);
  EXPECT_NE(answer.broken->detail.find("exit code 134"), std::string::npos) << answer.broken->detail;
  EXPECT_NE(answer.broken->detail.find("GGML_ASSERT(false) failed"), std::string::npos)
      << answer.broken->detail;
  EXPECT_FALSE(backend->memory().has_value());
  EXPECT_TRUE(backend->load({}).has_value());
}

TEST_F(WorkerTest, babble_and_lies_end_the_worker_with_a_sentence) {
  for (const char* fault : {"babble@1", "half-utf8@1", "lie-time@1", "back-time@1"}) {
    const Broken broken = broken_by(fault);
    EXPECT_EQ(broken.reason, "transport") << fault;
    EXPECT_TRUE(broken.engine_died) << fault;
    EXPECT_NE(broken.detail.find("broke the protocol"), std::string::npos) << broken.detail;
  }
}

TEST_F(WorkerTest, a_line_without_end_is_dropped_not_kept) {
  EXPECT_EQ(broken_by("long-line@1").reason, "transport");
}

TEST_F(WorkerTest, an_error_message_fails_the_request_alone) {
  const Broken broken = broken_by("error@1");
  EXPECT_FALSE(broken.engine_died);
  EXPECT_EQ(broken.detail, "the prompt is too long");
  EXPECT_EQ(broken.reason, "context");
}

TEST_F(WorkerTest, a_wrong_count_is_passed_on_as_told) {
  auto backend = worker({"lie-count@1", "noise"});
  ASSERT_TRUE(backend->load({}).has_value());
  backend->start(ask(1, "x"));
  const Answer answer = collect(*backend, 1);
  ASSERT_TRUE(answer.finished.has_value());
  EXPECT_EQ(answer.finished->counts.output_tokens, 1000U);
  EXPECT_EQ(answer.events.size(), 2U);
}

TEST_F(WorkerTest, cancel_ends_a_hanging_request_early) {
  auto backend = worker({"hang@1"});
  ASSERT_TRUE(backend->load({}).has_value());
  backend->start(ask(1, "x"));
  bool token = false;
  const Nanos until = clock_.now() + 20s;
  while (!token && clock_.now() < until) {
    for (const Event& event : backend->wait(clock_.now() + 100ms))
      token = token || std::holds_alternative<Tokens>(event.what);
  }
  backend->cancel(1);
  const Answer answer = collect(*backend, 1);
  ASSERT_TRUE(answer.finished.has_value());
  EXPECT_EQ(answer.finished->finish, "cancelled");
}

TEST_F(WorkerTest, loads_that_fail_say_why) {
  const auto text_of = [&](const std::string& fault) {
    const auto loaded = worker({fault})->load({});
    return loaded ? std::string("loaded") : message(loaded.error());
  };
  EXPECT_NE(text_of("crash-on-start").find("cannot find libcheese.so"), std::string::npos);
  EXPECT_NE(text_of("crash-on-load").find("the weights are made of cheese"), std::string::npos);
  EXPECT_NE(text_of("load-fails").find("the file holds no model"), std::string::npos);
  EXPECT_NE(text_of("old-protocol").find("speaks protocol 0; expected protocol 1"), std::string::npos);
  hello_timeout_ = 300ms;
  EXPECT_NE(text_of("silent").find("gave no answer while starting"), std::string::npos);
}

TEST_F(WorkerTest, a_missing_program_is_not_found) {
  auto backend = make_worker({.argv = {"no-such-worker-anywhere"}, .model = "m"}, clock_);
  const auto loaded = backend->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, Code::not_found);
}

}  // namespace
}  // namespace assay::backend
