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

std::vector<std::string> shown(const RecommendOptions& options, std::uint64_t bytes) {
  Room room;
  room.bytes = bytes;
  std::vector<std::string> rows;
  const auto all = candidates(options, room);
  for (const Candidate& one : *all)
    if (one.shown) rows.push_back(std::string(one.shape->name) + ' ' + one.mix + (one.fits ? "" : " no"));
  return rows;
}

TEST(Recommendation, a_model_has_a_row_of_the_first_mix_that_fits_or_of_the_last) {
  RecommendOptions options;
  options.models = {"qwen3-8b", "llama-3.1-70b"};
  options.mixes = {"Q8_0", "Q4_K_M", "Q2_K"};
  const std::uint64_t eight = 8ULL << 30U;
  EXPECT_EQ(shown(options, eight), (std::vector<std::string>{"qwen3-8b Q4_K_M", "llama-3.1-70b Q2_K no"}));
  options.all = true;
  EXPECT_EQ(
      shown(options, eight),
      (std::vector<std::string>{"qwen3-8b Q4_K_M", "qwen3-8b Q2_K", "llama-3.1-70b Q8_0 no",
                                "llama-3.1-70b Q4_K_M no", "llama-3.1-70b Q2_K no", "qwen3-8b Q8_0 no"}));
}

TEST(Recommendation, the_answer_says_why_there_is_nothing_to_begin_with) {
  const model::Shape shape{.name = "m", .architecture = "llama"};
  const auto said = [&](std::vector<Candidate> all) {
    for (Candidate& one : all) one.shape = &shape;
    return verdict(all, {}, {});
  };
  EXPECT_TRUE(said({of("Q8_0", 8, true, 12)})
                  .starts_with("To begin with: m in Q8_0, the largest that need not be slow"));
  EXPECT_TRUE(said({of("Q8_0", 8, false, 12)}).starts_with("None of them fits: m in Q8_0, the smallest"));
  EXPECT_TRUE(said({of("Q8_0", 8, true, 3), of("Q4_K_M", 8, true, 6)})
                  .starts_with("All that fit are slow: the fastest is m in Q4_K_M (at most 6.0"));
  EXPECT_TRUE(said({of("Q4_K_M", 8, true, 6), of("Q2_K", 8, true, 12)})
                  .starts_with("All that fit in Q4_K_M or better are slow: the fastest is m in Q2_K"));
  EXPECT_TRUE(said({of("Q2_K", 9, true, std::nullopt), of("Q8_0", 8, true, std::nullopt)})
                  .starts_with("The largest that fits: m in Q8_0"))
      << "answers of Q2_K suffer";
  EXPECT_EQ(said({}), "No model was asked for.");
}

}  // namespace
}  // namespace assay::cli
