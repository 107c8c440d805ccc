// What fails: deaths of engines, stalls, errors that are tried again, and what a server refuses.
#include <gtest/gtest.h>

#include "record/metrics.h"
#include "runner/runner_test_util.h"

namespace assay::runner {
namespace {

using namespace std::chrono_literals;

class FailuresTest : public ::testing::Test, protected testing::Watched {};

TEST_F(FailuresTest, a_death_is_an_error_sample_and_the_run_goes_on) {
  model("@2 crash; say x");
  trials(3);
  const Outcome outcome = go();
  ASSERT_EQ(seen_.samples.size(), 3U);
  EXPECT_EQ(seen_.samples[1].status, record::Status::error);
  EXPECT_EQ(seen_.samples[1].reason, "server_exit");
  EXPECT_EQ(seen_.samples[2].status, record::Status::ok);
  EXPECT_EQ(outcome.errors, 1U);
  EXPECT_EQ(seen_.loads.size(), 2U);
}

TEST_F(FailuresTest, three_deaths_in_a_row_end_that_model_not_the_run) {
  model("crash");
  model("say x");
  trials(5);
  const Outcome outcome = go();
  EXPECT_EQ(seen_.samples.size(), 3U + 5U);
  EXPECT_EQ(outcome.skipped, 2U);
  ASSERT_EQ(seen_.ends.size(), 2U);
  EXPECT_NE(seen_.ends[0].second.find("given up after 3 deaths"), std::string::npos);
  EXPECT_EQ(seen_.ends[1].second, "");
}

TEST_F(FailuresTest, an_answer_between_deaths_starts_the_count_again) {
  model("@1 crash; @2 crash; @4 crash; @5 crash; say x");
  trials(6);
  EXPECT_EQ(go().samples, 6U);
  EXPECT_EQ(seen_.ends[0].second, "");
}

TEST_F(FailuresTest, loads_that_fail_count_as_deaths) {
  model("load fails");
  trials(2);
  const Outcome outcome = go();
  EXPECT_EQ(outcome.samples, 0U);
  EXPECT_EQ(outcome.skipped, 2U);
  EXPECT_EQ(seen_.loads.size(), 3U);
}

TEST_F(FailuresTest, a_stalled_request_is_an_error_and_one_with_tokens_a_timeout) {
  model("@1 stall; @2 100 tokens every 1s; say x");
  trials(3);
  plan_.timeout = 5s;
  go();
  ASSERT_EQ(seen_.samples.size(), 3U);
  EXPECT_EQ(seen_.samples[0].status, record::Status::error);
  EXPECT_EQ(seen_.samples[0].reason, "stalled");
  EXPECT_EQ(seen_.samples[1].status, record::Status::timeout);
  EXPECT_TRUE(has(seen_.samples[1].flags, record::Flag::incomplete));
  EXPECT_EQ(seen_.samples[1].tokens.size(), 6U);  // at 0, 1, …, 5 s
  EXPECT_EQ(seen_.samples[2].status, record::Status::ok);
}

TEST_F(FailuresTest, errors_are_retried_as_often_as_the_plan_says) {
  model("@1 error transport; @2 error transport; say x");
  trials(1);
  plan_.retries = 2;
  go();
  ASSERT_EQ(seen_.samples.size(), 1U);
  EXPECT_EQ(seen_.samples[0].status, record::Status::ok);
  EXPECT_EQ(seen_.samples[0].attempt, 2U);
}

TEST_F(FailuresTest, an_error_that_is_the_requests_own_is_not_retried) {
  model("@1 error internal; say x");
  trials(1);
  plan_.retries = 2;
  go();
  EXPECT_EQ(seen_.samples[0].reason, "internal");
  EXPECT_EQ(seen_.samples[0].attempt, 0U);
}

TEST_F(FailuresTest, what_failed_before_stays_with_the_sample) {
  model("@1 crash; @2 error transport; wait 10ms; say x");
  trials(2);
  plan_.retries = 2;
  go();
  ASSERT_EQ(seen_.samples.size(), 2U);
  const record::Sample& first = seen_.samples[0];
  ASSERT_EQ(first.attempts.size(), 2U);
  EXPECT_EQ(first.attempts[0].reason, "server_exit");
  EXPECT_EQ(first.attempts[0].detail, "the fake engine was told to crash");
  EXPECT_EQ(first.attempts[0].began, 1'000'000ns);
  EXPECT_EQ(first.attempts[0].sent, 1'000'000ns);
  EXPECT_EQ(first.attempts[1].reason, "transport");
  EXPECT_GE(first.attempts[1].began, first.attempts[0].ended);
  EXPECT_GE(*first.times.sent, first.attempts[1].ended);
  EXPECT_EQ(first.reason + first.detail, "");
  EXPECT_DOUBLE_EQ(*record::ttft_ms(first), 10);
  EXPECT_TRUE(seen_.samples[1].attempts.empty());
}

/// A server that refuses each request once, after 5 ms, and wants a second of rest.
class Refusing final : public testing::Wrapped {
 public:
  Refusing(std::unique_ptr<backend::Backend> inner, ManualClock& clock)
      : Wrapped(std::move(inner)), clock_(clock) {}
  void start(backend::Request request) override {
    const Nanos now = clock_.now();
    told_.push_back({request.id, backend::Sent{now + 1ms}});
    told_.push_back({request.id, backend::Again{{.began = now,
                                                 .sent = now + 1ms,
                                                 .ended = now + 5ms,
                                                 .pause = 1s,
                                                 .reason = "http",
                                                 .detail = "busy",
                                                 .http_status = 429,
                                                 .retry_after = "1"}}});
    clock_.sleep_until(now + 1005ms);
    inner_->start(std::move(request));
  }
  std::vector<backend::Event> wait(Nanos until) override {
    if (!told_.empty()) return std::exchange(told_, {});
    return inner_->wait(until);
  }

 private:
  ManualClock& clock_;
  std::vector<backend::Event> told_;
};

TEST_F(FailuresTest, what_a_server_refused_is_in_the_record_and_in_no_latency) {
  model("@1 error transport; wait 10ms; 3 tokens every 10ms; say x");
  backends_[0] = std::make_unique<Refusing>(std::move(backends_[0]), clock_);
  trials(1);
  plan_.retries = 1;
  go();
  ASSERT_EQ(seen_.samples.size(), 1U);
  const record::Sample& sample = seen_.samples[0];
  EXPECT_EQ(sample.attempt, 3U) << "two by the backend, one by the runner";
  ASSERT_EQ(sample.attempts.size(), 3U);
  EXPECT_EQ(sample.attempts[0].http_status, 429);
  EXPECT_EQ(sample.attempts[0].retry_after, "1");
  EXPECT_EQ(sample.attempts[0].ended - sample.attempts[0].began, Nanos{5ms});
  EXPECT_EQ(sample.attempts[1].reason, "transport");
  EXPECT_EQ(sample.attempts[1].began, sample.attempts[0].ended + 1s);
  EXPECT_EQ(sample.attempts[2].http_status, 429);
  EXPECT_DOUBLE_EQ(*record::ttft_ms(sample), 10);
  EXPECT_DOUBLE_EQ(*record::e2e_ms(sample), 30);
  EXPECT_DOUBLE_EQ(*record::scheduled_e2e_ms(sample), 30);
}

}  // namespace
}  // namespace assay::runner
