#include <gtest/gtest.h>

#include "backend/script.h"
#include "backend/table.h"

namespace assay::backend {
namespace {

using namespace std::chrono_literals;

record::ModelSpec spec(const std::string& engine, const std::string& model) {
  record::ModelSpec made;
  made.engine = engine;
  made.model = model;
  return made;
}

std::vector<Event> run_one(const std::string& script, ManualClock& clock, RequestId id = 1) {
  auto backend = make(spec("fake", script), {clock});
  EXPECT_TRUE(backend.has_value());
  (*backend)->start(
      {.id = id,
       .case_id = "c",
       .repeat = 0,
       .prompt = {.messages = {{"user", "hello there"}}, .raw = false, .images = {}, .audio = {}},
       .params = {{"seed", 3}}});
  std::vector<Event> all;
  for (int round = 0; round < 20; ++round) {
    for (Event& event : (*backend)->wait(clock.now() + 10s)) all.push_back(std::move(event));
  }
  return all;
}

TEST(FakeBackend, times_are_exact_to_the_nanosecond) {
  ManualClock clock;
  const auto events = run_one("wait 120ms; 3 tokens every 10ms; say a b", clock);
  std::vector<Nanos> times;
  std::string text;
  for (const Event& event : events) {
    if (const auto* tokens = std::get_if<Tokens>(&event.what)) {
      times.push_back(tokens->events.at(0).at);
      text += tokens->text;
    }
  }
  EXPECT_EQ(times, (std::vector<Nanos>{120ms, 130ms, 140ms}));
  EXPECT_EQ(text, "a b");
  const auto& finished = std::get<Finished>(events.back().what);
  EXPECT_EQ(finished.at, 140ms);
  EXPECT_EQ(finished.counts.output_tokens, 3U);
}

TEST(FakeBackend, without_a_script_the_prompt_comes_back) {
  ManualClock clock;
  std::string text;
  for (const Event& event : run_one("", clock)) {
    if (const auto* tokens = std::get_if<Tokens>(&event.what)) text += tokens->text;
  }
  EXPECT_EQ(text, "hello there");
}

TEST(FakeBackend, faults_hold_for_the_request_they_name) {
  const auto script = parse_script("@2 crash; @3+ say late; wait 1ms");
  ASSERT_TRUE(script.has_value());
  EXPECT_FALSE(behaviour_of(*script, 1).crash);
  EXPECT_TRUE(behaviour_of(*script, 2).crash);
  EXPECT_FALSE(behaviour_of(*script, 3).crash);
  EXPECT_EQ(behaviour_of(*script, 9).say, "late");
  EXPECT_EQ(behaviour_of(*script, 1).wait, 1ms);
}

TEST(FakeBackend, an_unknown_step_is_an_error_with_the_forms) {
  for (const char* bad :
       {"jump", "wait", "wait fast", "5 tokens", "@0 crash", "@x crash", "count x", "crash now"}) {
    const auto script = parse_script(bad);
    ASSERT_FALSE(script.has_value()) << bad;
    EXPECT_NE(message(script.error()).find("expected load TIME"), std::string::npos);
  }
}

TEST(BackendTable, an_unknown_engine_names_the_nearest) {
  ManualClock clock;
  const auto made = make(spec("lama", "x.gguf"), {clock});
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(message(made.error()).find("Did you mean 'llama'?"), std::string::npos) << message(made.error());
}

}  // namespace
}  // namespace assay::backend
