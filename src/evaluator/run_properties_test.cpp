// Assertions on the run: figures need a sample with times, which no line of JSON gives.
#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::Verdict;

Nanos ms(int count) {
  return std::chrono::milliseconds(count);
}

/// 101 tokens, the first at 0.5 s and the last at 4.5 s.
record::Sample timed() {
  record::Sample sample = testing::sample("an answer");
  sample.times.sent = ms(0);
  sample.times.accepted = ms(100);
  sample.times.done = ms(4500);
  sample.counts.prompt_tokens = 20;
  sample.counts.output_tokens = 101;
  for (int i = 0; i <= 100; ++i) sample.tokens.push_back({.at = ms(500 + 40 * i)});
  return sample;
}

Verdict judged(std::string_view check, const record::Sample& sample, int parallel = 1) {
  record::Suite suite = testing::suite({testing::check(check)});
  suite.load.parallel = parallel;
  return testing::judge(suite, sample);
}

std::string reason(const Verdict& verdict) {
  return verdict.assertions.empty() ? verdict.reason + " " + verdict.detail : verdict.assertions[0].reason;
}

TEST(RunProperties, rates_of_the_documented_sample) {
  const auto rate = [](std::string_view which, std::string_view limit) {
    return judged(R"({"type": "tokens-per-second", "rate": ")" + std::string(which) + R"(", "threshold": )" +
                      std::string(limit) + "}",
                  timed());
  };
  EXPECT_EQ(reason(rate("decode", "25")), "25.00 tokens/s ≥ 25");
  EXPECT_EQ(rate("decode", "25").mark, Mark::pass);
  EXPECT_EQ(rate("decode", "25.1").mark, Mark::fail);
  EXPECT_EQ(reason(rate("e2e", "22")), "22.44 tokens/s ≥ 22");
  EXPECT_EQ(reason(rate("e2e", "23")), "threshold: 22.44 tokens/s < 23");
  EXPECT_EQ(reason(rate("prompt", "50")), "50.00 tokens/s ≥ 50");
}

TEST(RunProperties, times_have_upper_limits) {
  EXPECT_EQ(reason(judged(R"({"type": "latency", "threshold": 4500})", timed())), "4500.00 ms ≤ 4500");
  EXPECT_EQ(judged(R"({"type": "latency", "threshold": 4499})", timed()).mark, Mark::fail);
  EXPECT_EQ(reason(judged(R"({"type": "ttft", "threshold": 500})", timed())), "500.00 ms ≤ 500");
  EXPECT_EQ(judged(R"({"type": "not-ttft", "threshold": 500})", timed()).mark, Mark::fail);
}

TEST(RunProperties, one_token_is_no_rate) {
  record::Sample sample = timed();
  sample.counts.output_tokens = 1;
  const Verdict verdict = judged(R"({"type": "tokens-per-second", "threshold": 1})", sample);
  EXPECT_EQ(verdict.mark, Mark::ungraded);
  EXPECT_EQ(verdict.reason, "no_measurement");
}

TEST(RunProperties, a_spoiled_figure_is_no_measurement) {
  const auto with = [](record::Flag flag, int parallel) {
    record::Sample sample = timed();
    sample.flags = record::bit(flag);
    return judged(R"({"type": "tokens-per-second", "threshold": 1})", sample, parallel);
  };
  EXPECT_EQ(with(record::Flag::estimated_count, 1).reason, "no_measurement");
  EXPECT_EQ(with(record::Flag::throttled, 1).reason, "no_measurement");
  EXPECT_EQ(with(record::Flag::batched, 1).reason, "no_measurement");
  EXPECT_EQ(with(record::Flag::batched, 4).mark, Mark::pass);
  EXPECT_EQ(with(record::Flag::cached_prefix, 1).mark, Mark::pass);
  record::Sample cached = timed();
  cached.flags = record::bit(record::Flag::cached_prefix);
  EXPECT_EQ(judged(R"({"type": "ttft", "threshold": 900})", cached).reason, "no_measurement");
}

TEST(RunProperties, incomplete_samples_are_looked_at_and_stay_incomplete) {
  record::Sample sample = timed();
  sample.status = record::Status::timeout;
  const Verdict verdict = judged(R"({"type": "ttft", "threshold": 500})", sample);
  EXPECT_EQ(verdict.mark, Mark::incomplete);
  EXPECT_EQ(verdict.reason, "time_limit");
  ASSERT_EQ(verdict.assertions.size(), 1U);
  EXPECT_EQ(verdict.assertions[0].mark, Mark::pass);
}

TEST(RunProperties, a_text_check_says_nothing_of_a_cut_answer) {
  record::Sample sample = timed();
  sample.finish = "length";
  EXPECT_TRUE(judged(R"({"type": "contains", "value": "an"})", sample).assertions.empty());
}

TEST(RunProperties, no_pipeline_stands_between) {
  record::Suite suite = testing::suite({testing::check(R"({"type": "latency", "threshold": 9000})")});
  suite.pipelines = {testing::pipeline("main", R"(["number"])"), testing::pipeline("other", R"(["trim"])")};
  const Verdict verdict = testing::judge(suite, timed());
  EXPECT_EQ(verdict.mark, Mark::pass);
  EXPECT_EQ(verdict.assertions.size(), 1U);
}

TEST(RunProperties, the_filter_choice_needs_choices) {
  record::Suite suite = testing::suite({testing::check(R"({"type": "equals", "value": "B"})")});
  suite.pipelines = {testing::pipeline("main", R"(["choice"])")};
  EXPECT_NE(testing::judge(suite, timed()).detail.find("the case has no choices"), std::string::npos);
  suite.cases[0].choices = testing::value(R"(["red", "blue"])").items;
  record::Sample sample = timed();
  sample.output = "I take blue";
  EXPECT_EQ(testing::judge(suite, sample).mark, Mark::pass);
}

}  // namespace
}  // namespace assay::evaluator
