#include "cache_places.h"

#include <gtest/gtest.h>

namespace assay::llama {
namespace {

TEST(CachePlaces, what_is_shared_counts_once) {
  CachePlaces places(3);
  places.take(0, 620);
  places.share(0, 1, 600);
  places.take(1, 36);
  places.share(0, 2, 600);
  places.take(2, 36);
  EXPECT_EQ(places.taken(), 620U + 2 * 36);
}

TEST(CachePlaces, a_beginning_stays_taken_until_its_last_holder_leaves) {
  CachePlaces places(2);
  places.take(0, 100);
  places.share(0, 1, 80);
  places.take(1, 5);
  places.clear(0);  // 20 of its own go, 80 are held by the other
  EXPECT_EQ(places.taken(), 85U);
  places.clear(1);
  EXPECT_EQ(places.taken(), 0U);
}

TEST(CachePlaces, a_cut_gives_back_the_end_only) {
  CachePlaces places(2);
  places.take(0, 50);
  places.cut(0, 30);
  EXPECT_EQ(places.taken(), 30U);
  places.cut(0, 40);  // longer than what is there
  EXPECT_EQ(places.taken(), 30U);
  places.share(0, 1, 30);
  places.cut(1, 10);
  EXPECT_EQ(places.taken(), 30U);
}

TEST(CachePlaces, places_are_used_again) {
  CachePlaces places(1);
  for (int i = 0; i < 3; ++i) {
    places.take(0, 10);
    EXPECT_EQ(places.taken(), 10U);
    places.clear(0);
  }
}

}  // namespace
}  // namespace assay::llama
