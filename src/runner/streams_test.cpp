// How many go together, on steps whose times are made up.
#include "runner/streams.h"

#include <gtest/gtest.h>

#include <map>

namespace assay::runner {
namespace {

using namespace std::chrono_literals;

/// An engine whose step of n streams takes as long as the table says, and what was asked of it.
struct Engine {
  std::map<int, Nanos> step;
  std::vector<int> asked = {};

  TimeSteps time() {
    return [this](int streams, int count) -> Result<std::vector<Nanos>> {
      asked.push_back(streams);
      return std::vector<Nanos>(static_cast<std::size_t>(count), step.at(streams));
    };
  }
};

/// Two cores, 0.5 B, Q4_0.
Engine processor() {
  return {.step = {{1, 16400us}, {2, 25ms}, {4, 44ms}, {8, 78ms}, {16, 111ms}, {24, 160ms}, {32, 212ms}}};
}

constexpr SharedPart kLong{.most = 32, .alone = 10min, .token_alone = 16400us};

TEST(Streams, the_fewest_within_three_per_cent_of_the_best) {
  Engine engine = processor();
  const record::BatchSpeed found = *find_streams(kLong, engine.time());
  EXPECT_EQ(engine.asked, (std::vector<int>{1, 2, 4, 8, 16, 32}));
  EXPECT_EQ(found.streams, 32) << "151 a second, and 144 with 16 are 4.6 % less";
  EXPECT_EQ(found.most, 32);
  ASSERT_EQ(found.measured.size(), 6U);
  EXPECT_EQ(found.measured[4].streams, 16);
  EXPECT_NEAR(found.measured[4].tokens_per_s, 144.1, 0.1);
  engine.step[32] = 220ms;  // 145.5 a second
  EXPECT_EQ(find_streams(kLong, engine.time())->streams, 16);
}

TEST(Streams, what_fits_is_the_last_size) {
  Engine engine = processor();
  SharedPart part = kLong;
  part.most = 24;
  const record::BatchSpeed found = *find_streams(part, engine.time());
  EXPECT_EQ(engine.asked, (std::vector<int>{1, 2, 4, 8, 16, 24}));
  EXPECT_EQ(found.streams, 24);
  part.most = 1;
  EXPECT_EQ(find_streams(part, engine.time())->streams, 1);
}

TEST(Streams, two_sizes_in_a_row_without_gain_end_it_and_one_does_not) {
  // A kernel of four rows: two streams gain nothing, four do; a machine that is full with eight.
  Engine engine{.step = {{1, 10ms}, {2, 20ms}, {4, 20ms}, {8, 30ms}, {16, 60ms}, {32, 120ms}}};
  const record::BatchSpeed found = *find_streams(kLong, engine.time());
  EXPECT_EQ(found.streams, 8);
  EXPECT_EQ(engine.asked, (std::vector<int>{1, 2, 4, 8, 16, 32}));
  engine.asked.clear();
  engine.step[4] = 40ms;
  EXPECT_EQ(find_streams(kLong, engine.time())->streams, 1);
  EXPECT_EQ(engine.asked, (std::vector<int>{1, 2, 4}));
}

TEST(Streams, a_disturbed_step_is_not_the_median) {
  const TimeSteps time = [](int streams, int count) -> Result<std::vector<Nanos>> {
    std::vector<Nanos> steps(static_cast<std::size_t>(count), 10ms * streams / (streams > 2 ? 2 : 1));
    steps.front() = steps.back() = 5s;
    return steps;
  };
  const record::BatchSpeed found = *find_streams({.most = 4, .alone = 10h, .token_alone = 10ms}, time);
  EXPECT_EQ(found.streams, 4);
  EXPECT_NEAR(found.measured[2].tokens_per_s, 200, 1e-9);
}

TEST(Streams, a_shared_part_too_short_for_it_takes_what_fits) {
  Engine engine = processor();
  for (const SharedPart& part : {SharedPart{.most = 32, .alone = 10s, .token_alone = 16400us},
                                 SharedPart{.most = 32, .alone = 10min, .token_alone = 0ns}}) {
    const record::BatchSpeed found = *find_streams(part, engine.time());
    EXPECT_EQ(found.streams, 32);
    EXPECT_TRUE(found.measured.empty());
  }
  EXPECT_TRUE(engine.asked.empty());
  // Steps that grow faster than expected: it ends before the time it may take is over, and while more streams
  // still bring more nobody knows how many are best.
  Engine slow{.step = {{1, 16ms}, {2, 31ms}, {4, 60ms}, {8, 118ms}, {16, 230ms}, {32, 450ms}}};
  const record::BatchSpeed found =
      *find_streams({.most = 32, .alone = 100s, .token_alone = 16400us}, slow.time());
  EXPECT_EQ(found.streams, 32);
  EXPECT_LT(slow.asked.back(), 32);
  Nanos spent{0};
  for (const int streams : slow.asked) spent += 6 * slow.step[streams];
  EXPECT_LE(spent, 2s);
}

TEST(Streams, an_engine_that_fails_says_why) {
  const TimeSteps time = [](int, int) -> Result<std::vector<Nanos>> {
    return fail({.code = Code::engine, .where = {}, .found = "no", .expected = {}, .remedy = {}});
  };
  EXPECT_EQ(find_streams(kLong, time).error().found, "no");
}

}  // namespace
}  // namespace assay::runner
