#include "cli/recommendation.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

bool is_of(const char* backend, Place place, bool has_card) {
  SliceSpeed speed;
  speed.backend = backend;
  Room room;
  room.place = place;
  room.has_card = has_card;
  return is_of(speed, room);
}

TEST(Recommendation, what_processors_measured_is_not_the_cards_speed) {
  EXPECT_TRUE(is_of("CPU", Place::memory, false));
  EXPECT_TRUE(is_of("CPU", Place::memory, true));
  EXPECT_FALSE(is_of("CPU", Place::card, true));
  EXPECT_FALSE(is_of("", Place::card, true)) << "kept by a version that did not ask";
  EXPECT_TRUE(is_of("CUDA", Place::card, true));
  EXPECT_FALSE(is_of("CUDA", Place::memory, true));
  EXPECT_TRUE(is_of("MTL", Place::memory, false)) << "Apple's computes in main memory";
}

Candidate of(const char* mix, std::uint64_t parameters, bool fits, std::optional<double> most_tps) {
  Candidate one;
  one.mix = mix;
  one.parameters = parameters;
  one.fits = fits;
  one.most_tps = most_tps;
  return one;
}

TEST(Recommendation, the_largest_that_need_not_be_slow_in_its_most_faithful_mix) {
  const std::vector<Candidate> all{of("Q2_K", 40, true, 12), of("Q8_0", 20, true, 6),
                                   of("Q6_K", 20, true, 11), of("Q4_K_M", 20, true, 15),
                                   of("Q8_0", 8, true, 30),  of("Q8_0", 70, false, 30)};
  const Candidate* best = pick(all, {});
  ASSERT_NE(best, nullptr);
  EXPECT_EQ(std::pair(best->parameters, best->mix), std::pair(std::uint64_t{20}, std::string("Q6_K")));
  RecommendOptions named;
  named.mixes = {"Q2_K"};
  EXPECT_EQ(pick(all, named)->mix, "Q2_K") << "somebody asked for it";
  EXPECT_EQ(pick({of("Q8_0", 8, true, std::nullopt)}, {}), nullptr) << "nothing is known of its speed";
  EXPECT_EQ(pick({of("Q8_0", 8, true, 9.9)}, {}), nullptr);
}

TEST(Recommendation, what_was_measured_counts_more_than_the_bound) {
  Candidate measured = of("Q8_0", 20, true, 15);
  measured.speed.emplace();
  measured.speed->decode = PredictedSpeed{.tps = 7, .ci95 = {.low = 6, .high = 8}};
  const std::vector<Candidate> all{measured, of("Q4_K_M", 20, true, 28)};
  EXPECT_EQ(pick(all, {}), &all[1]);
}

}  // namespace
}  // namespace assay::cli
