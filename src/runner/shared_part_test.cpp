// What the runner does between the trials that go alone and those that go together.
#include <gtest/gtest.h>

#include "runner/runner_test_util.h"

namespace assay::runner {
namespace {

using namespace std::chrono_literals;

/// A scripted engine that times steps: the third size brings nothing more.
class Timing final : public testing::Wrapped {
 public:
  using Wrapped::Wrapped;
  Result<backend::Loaded> load(const backend::LoadRequest& request) override {
    ++loads;
    auto loaded = inner_->load(request);
    if (loaded) loaded->times_steps = true;
    return loaded;
  }
  void start(backend::Request request) override {
    most_in_flight = std::max(most_in_flight, ++in_flight_);
    inner_->start(std::move(request));
  }
  std::vector<backend::Event> wait(Nanos until) override {
    std::vector<backend::Event> events = inner_->wait(until);
    for (const backend::Event& event : events)
      in_flight_ -= std::holds_alternative<backend::Finished>(event.what) ? 1 : 0;
    return events;
  }
  Result<std::vector<Nanos>> time_steps(int streams, int count, const std::atomic<bool>&) override {
    EXPECT_EQ(in_flight_, 0) << "steps are timed with the engine alone";
    asked.push_back(streams);
    if (on_steps) on_steps();
    if (error) return fail({.code = *error, .where = {}, .found = "no steps", .expected = {}, .remedy = {}});
    return std::vector<Nanos>(static_cast<std::size_t>(count), streams <= 2 ? 1ms : 1ms * streams / 2);
  }

  std::vector<int> asked;
  std::function<void()> on_steps;
  std::optional<Code> error;
  int most_in_flight = 0;
  int loads = 0;

 private:
  int in_flight_ = 0;
};

struct Told final : Observer {
  Result<void> on_sample(record::Sample&& sample, bool) override {
    samples.push_back(std::move(sample));
    return {};
  }
  void on_streams(std::uint32_t, const record::BatchSpeed& speed) override { speeds.push_back(speed); }
  std::vector<record::Sample> samples;
  std::vector<record::BatchSpeed> speeds;
};

/// A stretch of 100 trials of half a second, four of them alone, up to 8 together.
class SharedPartTest : public ::testing::Test, protected testing::Scripted {
 protected:
  SharedPartTest() {
    model("wait 50ms; 100 tokens every 5ms; say x");
    auto timing = std::make_unique<Timing>(std::move(backends_[0]));
    engine_ = timing.get();
    backends_[0] = std::move(timing);
    plan_.cells = {{}};
    plan_.load.automatic = true;
    plan_.load.measure = 4;
    for (std::uint32_t i = 0; i < 100; ++i) plan_.trials.push_back({0, 0, i, 0, false});
    plan_.stretches.push_back({0, 0, {}, 0, 100, 8, 4U});
  }

  Outcome go() {
    auto outcome = run(runner_for(told_, 1), std::nullopt);
    EXPECT_TRUE(outcome.has_value());
    return outcome.value_or(Outcome{});
  }

  Timing* engine_ = nullptr;
  Told told_;
};

TEST_F(SharedPartTest, as_many_go_together_as_bring_more) {
  EXPECT_EQ(go().samples, 100U);
  EXPECT_EQ(engine_->asked, (std::vector<int>{1, 2, 4, 8}));
  EXPECT_EQ(engine_->most_in_flight, 2);
  ASSERT_EQ(told_.speeds.size(), 1U);
  EXPECT_EQ(told_.speeds[0].streams, 2);
  EXPECT_EQ(told_.speeds[0].most, 8);
}

TEST_F(SharedPartTest, a_number_that_somebody_named_is_taken) {
  plan_.load.automatic = false;
  go();
  EXPECT_TRUE(engine_->asked.empty());
  EXPECT_EQ(engine_->most_in_flight, 8);
  EXPECT_TRUE(told_.speeds.empty());
}

TEST_F(SharedPartTest, few_trials_are_not_worth_it) {
  plan_.trials.resize(12);
  plan_.stretches[0].end = 12;
  go();
  EXPECT_TRUE(engine_->asked.empty());
  EXPECT_EQ(engine_->most_in_flight, 8);
  ASSERT_EQ(told_.speeds.size(), 1U);
  EXPECT_EQ(told_.speeds[0].streams, 8);
  EXPECT_TRUE(told_.speeds[0].measured.empty());
}

TEST_F(SharedPartTest, a_second_stretch_of_the_same_load_does_not_measure_again) {
  plan_.stretches = {{0, 0, {}, 0, 50, 8, 4U}, {0, 1, {}, 50, 100, 8, 4U}};
  plan_.stretches[0].load_params = plan_.stretches[1].load_params = {{"threads", 1}};
  go();
  EXPECT_EQ(told_.speeds.size(), 1U);
  EXPECT_EQ(told_.samples.size(), 100U);
}

TEST_F(SharedPartTest, stop_is_heard_while_steps_are_timed) {
  engine_->on_steps = [&] { stop_ = true; };
  engine_->error = Code::timeout;
  const Outcome outcome = go();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.samples, 4U);
  EXPECT_EQ(engine_->asked.size(), 1U);
}

TEST_F(SharedPartTest, an_engine_that_cannot_keeps_the_number_of_the_plan) {
  engine_->error = Code::unsupported;
  EXPECT_EQ(go().samples, 100U);
  EXPECT_EQ(engine_->loads, 1);
  EXPECT_EQ(engine_->most_in_flight, 8);
  EXPECT_TRUE(told_.speeds.empty());
}

TEST_F(SharedPartTest, an_engine_that_dies_of_it_is_loaded_again_and_not_asked_twice) {
  engine_->error = Code::engine;
  EXPECT_EQ(go().samples, 100U);
  EXPECT_EQ(engine_->loads, 2);
  EXPECT_EQ(engine_->asked.size(), 1U);
  EXPECT_EQ(engine_->most_in_flight, 8);
}

}  // namespace
}  // namespace assay::runner
