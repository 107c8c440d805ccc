// The runner on the scripted engine and a clock that only moves when told: exact, and no time passes.
#include "runner/runner.h"

#include <gtest/gtest.h>

#include "runner/runner_test_util.h"

namespace assay::runner {
namespace {

using namespace std::chrono_literals;

class RunnerTest : public ::testing::Test, protected testing::Watched {};

TEST_F(RunnerTest, a_sample_holds_the_times_as_they_were) {
  model("wait 100ms; 3 tokens every 10ms; say x y");
  trials(2);
  const Outcome outcome = go();
  ASSERT_EQ(seen_.samples.size(), 2U);
  EXPECT_EQ(outcome.samples, 2U);
  const record::Sample& second = seen_.samples[1];
  EXPECT_EQ(second.case_id, "case1");
  EXPECT_EQ(second.sequence, 1U);
  EXPECT_EQ(second.status, record::Status::ok);
  EXPECT_EQ(second.output, "x y");
  const Nanos sent = *second.times.sent;
  EXPECT_EQ(sent, 1'000'000ns + 120ms);  // the first trial took 100 + 2 × 10 ms
  EXPECT_EQ(second.tokens[0].at - sent, 100ms);
  EXPECT_EQ(second.tokens[2].at - sent, 120ms);
  EXPECT_EQ(*second.times.done - sent, 120ms);
  EXPECT_EQ(second.counts.output_tokens, 3U);
  EXPECT_EQ(second.flags, 0U);
  EXPECT_EQ(second.effective.at("temperature").how, record::Applied::verified);
}

TEST_F(RunnerTest, warmups_leave_no_sample) {
  model("say x");
  trials(3, 2);
  EXPECT_EQ(go().samples, 3U);
  EXPECT_EQ(seen_.samples[0].case_id, "case0");
}

TEST_F(RunnerTest, parallel_requests_are_marked_and_idle_is_said_at_the_end) {
  model("wait 10ms; say x");
  plan_.load.parallel = 4;
  trials(4);
  go();
  for (const record::Sample& sample : seen_.samples) EXPECT_TRUE(has(sample.flags, record::Flag::batched));
  EXPECT_EQ(seen_.idles, (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(clock_.now(), 1'000'000ns + 10ms);  // all at once, not one after the other
}

TEST_F(RunnerTest, the_first_go_alone_and_the_others_together) {
  model("wait 10ms; say x");
  plan_.load.parallel = 4;
  trials(7, 1);
  plan_.stretches[0].alone = 3;  // the warm-up and two trials
  go();
  ASSERT_EQ(seen_.samples.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(has(seen_.samples[i].flags, record::Flag::batched), i >= 2) << i;
  EXPECT_EQ(clock_.now(), 1'000'000ns + 50ms);  // three alone, four together, and the last
}

/// Notes which requests may reuse the beginning of an earlier prompt.
class Noting final : public testing::Wrapped {
 public:
  Noting(std::unique_ptr<backend::Backend> inner, std::vector<bool>& notes)
      : Wrapped(std::move(inner)), notes_(notes) {}
  void start(backend::Request request) override {
    notes_.push_back(request.reuse_prefix);
    inner_->start(std::move(request));
  }

 private:
  std::vector<bool>& notes_;
};

TEST_F(RunnerTest, of_those_alone_only_the_first_compute_a_shared_beginning_again) {
  model("say x");
  std::vector<bool> reused;
  backends_[0] = std::make_unique<Noting>(std::move(backends_[0]), reused);
  plan_.load.parallel = 2;
  plan_.load.measure = 4;
  trials(6, 1);
  plan_.stretches[0].alone = 5;  // with the warm-up
  go();
  // The warm-up, four alone, the same four again in the batch, and the other two.
  EXPECT_EQ(reused, (std::vector<bool>{false, false, false, true, true, true, true, true, true, true, true}));
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_EQ(has(seen_.samples[i].flags, record::Flag::batched), i >= 4) << i;
}

TEST_F(RunnerTest, of_those_alone_prompts_of_their_own_are_computed_as_a_whole) {
  model("say x");
  std::vector<bool> reused;
  backends_[0] = std::make_unique<Noting>(std::move(backends_[0]), reused);
  trials(4);
  plan_.stretches[0].alone = 4;
  Runner different = runner();
  different.request_of = [](const record::Trial& trial) {
    return TrialRequest{
        "c",
        "key",
        {{{"user", std::string(20, static_cast<char>('a' + trial.case_index))}}, false, {}, {}},
        {}};
  };
  ASSERT_TRUE(run(different, std::nullopt));
  EXPECT_EQ(reused, std::vector<bool>(4, false));
}

TEST_F(RunnerTest, what_was_answered_alone_is_answered_in_the_batch_again_and_compared) {
  model("wait 10ms; say x; @3 say y");  // the third request is the first of the batch
  plan_.load.parallel = 3;
  trials(5);
  plan_.stretches[0].alone = 2;
  const Outcome outcome = go();
  EXPECT_EQ(outcome.samples, 5U) << "a second answer is no sample";
  EXPECT_EQ(outcome.skipped, 0U);
  EXPECT_EQ(seen_.again, (std::vector<std::pair<std::string, bool>>{{"case0", false}, {"case1", true}}));
  EXPECT_EQ(seen_.samples[0].output, "x") << "the sample is the answer alone";
}

TEST_F(RunnerTest, nothing_is_answered_twice_when_all_go_alone_or_chance_plays_a_part) {
  model("say x");
  trials(3);
  plan_.stretches[0].alone = 3;
  go();
  EXPECT_TRUE(seen_.again.empty());
  // An answer that failed alone has no text to compare with.
  backends_.clear();
  plan_ = {};
  seen_.samples.clear();
  model("say x; @1 error internal");
  trials(3);
  plan_.stretches[0].alone = 1;
  go();
  EXPECT_EQ(seen_.samples.size(), 3U);
  EXPECT_TRUE(seen_.again.empty());
}

TEST_F(RunnerTest, those_that_go_together_have_the_time_of_all_of_them) {
  for (const std::size_t alone : {0U, 2U}) {
    backends_.clear();
    plan_ = {};
    seen_.samples.clear();
    model("8 tokens every 1s");
    plan_.load.parallel = 2;
    plan_.timeout = 5s;
    trials(2);
    plan_.stretches[0].alone = alone;
    go();
    ASSERT_EQ(seen_.samples.size(), 2U);
    for (const record::Sample& sample : seen_.samples)
      EXPECT_EQ(sample.status, alone == 0 ? record::Status::ok : record::Status::timeout) << alone;
  }
}

TEST_F(RunnerTest, where_many_go_together_and_none_gets_anything_one_limit_is_enough) {
  model("stall");
  plan_.load.parallel = 3;
  plan_.timeout = 5s;
  trials(3);
  plan_.stretches[0].alone = 0;
  go();
  ASSERT_EQ(seen_.samples.size(), 3U);
  for (const record::Sample& sample : seen_.samples) {
    EXPECT_EQ(sample.reason, "stalled");
    EXPECT_EQ(sample.detail, "no token came within 5s");
  }
  EXPECT_EQ(clock_.now(), 1'000'000ns + 5s);
}

TEST_F(RunnerTest, a_death_in_company_is_the_error_of_the_one_that_dies_alone_too) {
  model("@2 crash; @5 crash; 3 tokens every 10ms; say x");
  plan_.load.parallel = 3;
  trials(5);
  plan_.stretches[0].alone = 0;
  const Outcome outcome = go();
  // 1 to 3 together; then each alone, the last first: 4, 5 (which dies again), 6; then the other two.
  ASSERT_EQ(seen_.samples.size(), 5U);
  EXPECT_EQ(outcome.errors, 1U);
  for (const record::Sample& sample : seen_.samples) {
    const bool guilty = sample.case_id == "case1";
    EXPECT_EQ(sample.status, guilty ? record::Status::error : record::Status::ok) << sample.case_id;
    const bool first_three = sample.case_id < "case3";
    ASSERT_EQ(sample.attempts.size(), first_three ? 1U : 0U) << sample.case_id;
    if (first_three) {
      EXPECT_EQ(sample.attempts[0].reason, "server_exit");
      EXPECT_FALSE(has(sample.flags, record::Flag::batched)) << "it had the engine for itself";
    }
  }
  EXPECT_EQ(seen_.loads.size(), 3U);
  EXPECT_TRUE(seen_.again.empty()) << "what is safe alone is not asked in company once more";
  EXPECT_EQ(seen_.ends[0].second, "");
}

TEST_F(RunnerTest, a_death_in_company_is_no_step_towards_giving_up) {
  model("@2 crash; @4 crash; @5 crash; 3 tokens every 10ms; say x");
  plan_.load.parallel = 3;
  trials(5);
  plan_.stretches[0].alone = 0;
  EXPECT_EQ(go().errors, 2U) << "two that die alone, behind the death of all three";
  EXPECT_EQ(seen_.samples.size(), 5U);
  EXPECT_EQ(seen_.ends[0].second, "");
}

TEST_F(RunnerTest, a_rate_spaces_the_requests_and_keeps_when_they_were_due) {
  model("say x");
  trials(3);
  plan_.load.rate_per_s = 10;
  go();
  const Nanos first = seen_.samples[0].times.scheduled;
  EXPECT_EQ(seen_.samples[1].times.scheduled - first, 100ms);
  EXPECT_EQ(seen_.samples[2].times.scheduled - first, 200ms);
}

TEST_F(RunnerTest, a_refusal_gives_the_model_up_and_keeps_what_is_in_flight) {
  model("wait 10ms; say one");
  model("say two");
  plan_.load.parallel = 2;
  trials(5);
  Runner refusing = runner();
  int sent = 0;
  refusing.options.refusal = [&](std::uint32_t model, const TrialRequest&) {
    return model == 0 && ++sent > 3 ? std::string("enough") : std::string();
  };
  const auto outcome = run(refusing, std::nullopt);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->skipped, 2U);
  EXPECT_TRUE(outcome->refused);
  ASSERT_EQ(seen_.samples.size(), 8U);
  for (const record::Sample& sample : seen_.samples) EXPECT_EQ(sample.status, record::Status::ok);
  ASSERT_EQ(seen_.ends.size(), 2U);
  EXPECT_EQ(seen_.ends[0], std::pair(0U, std::string("enough")));
  EXPECT_EQ(seen_.ends[1], std::pair(1U, std::string()));
}

TEST_F(RunnerTest, stop_ends_soon_and_keeps_what_is_done) {
  model("say x");
  trials(10);
  seen_.stop_at = 4;
  const Outcome outcome = go();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(seen_.samples.size(), 4U);
  EXPECT_EQ(seen_.ends.size(), 1U);
}

TEST_F(RunnerTest, stop_while_a_model_loads_is_no_death_of_it) {
  struct Slow final : testing::Wrapped {
    Slow(std::unique_ptr<backend::Backend> inner, std::atomic<bool>& asked)
        : Wrapped(std::move(inner)), stop(asked) {}
    Result<backend::Loaded> load(const backend::LoadRequest& request) override {
      stop = true;
      if (request.stop == nullptr || !*request.stop) return Wrapped::load(request);
      return fail({.code = Code::timeout, .where = {}, .found = "cut", .expected = {}, .remedy = {}});
    }
    std::atomic<bool>& stop;
  };
  model("say x");
  trials(3);
  backends_[0] = std::make_unique<Slow>(std::move(backends_[0]), stop_);
  EXPECT_TRUE(preflight(runner(), [](std::uint32_t) { return true; }).errors.empty());
  stop_ = false;
  const Outcome outcome = go();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.samples, 0U);
  EXPECT_EQ(seen_.loads.size(), 2U) << "one for each of the two";
  EXPECT_EQ(seen_.ends, (std::vector<std::pair<std::uint32_t, std::string>>{{0, ""}}));
}

TEST_F(RunnerTest, a_store_that_fails_ends_the_run) {
  model("say x");
  trials(10);
  seen_.fail_at = 3;
  const auto outcome = run(runner(), std::nullopt);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().found, "disk full");
  EXPECT_EQ(seen_.samples.size(), 2U);
}

TEST_F(RunnerTest, a_lying_count_is_flagged) {
  model("count 100; say a b c");
  trials(1);
  go();
  EXPECT_TRUE(has(seen_.samples[0].flags, record::Flag::count_mismatch));
  EXPECT_EQ(seen_.samples[0].counts.output_tokens, 100U);
}

TEST_F(RunnerTest, one_token_more_than_seen_is_the_end_token_and_no_mismatch) {
  model("count 5; say a b c");  // four events
  trials(1);
  go();
  EXPECT_FALSE(has(seen_.samples[0].flags, record::Flag::count_mismatch));
}

TEST_F(RunnerTest, calls_of_tools_are_part_of_the_sample) {
  model(R"(call weather {"city": "Bonn"}; @2 say none)");
  trials(2);
  go();
  EXPECT_EQ(seen_.samples[0].tool_calls, (std::vector<record::ToolCall>{{"weather", R"({"city": "Bonn"})"}}));
  EXPECT_EQ(seen_.samples[0].finish, "tool_calls");
}

}  // namespace
}  // namespace assay::runner
