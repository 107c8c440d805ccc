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

}  // namespace
}  // namespace assay::cli
