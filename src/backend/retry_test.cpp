// When to ask again.
#include "backend/retry.h"

#include <vector>

#include <gtest/gtest.h>

namespace assay::backend {
namespace {

using namespace std::chrono_literals;

TEST(Retry, only_where_nothing_was_done) {
  const Nanos wall = 1'700'000'000s;
  EXPECT_EQ(wait_after_status(429, "3", 1, wall), Nanos{3s});
  EXPECT_EQ(wait_after_status(503, "3", 1, wall), Nanos{3s});
  EXPECT_EQ(wait_after_status(429, std::nullopt, 2, wall), Nanos{2s});
  EXPECT_FALSE(wait_after_status(503, std::nullopt, 1, wall));
  EXPECT_FALSE(wait_after_status(500, "3", 1, wall)) << "it may have done the work";
  EXPECT_FALSE(wait_after_status(429, "3", 4, wall)) << "often enough";
  EXPECT_FALSE(wait_after_status(429, "3600", 1, wall)) << "nobody waits an hour";
  EXPECT_EQ(parse_retry_after("Tue, 14 Nov 2023 22:13:30 GMT", wall), Nanos{10s});
  EXPECT_FALSE(parse_retry_after("soon", wall));
  EXPECT_FALSE(parse_retry_after("-1", wall));
}

TEST(Retry, pauses_grow_and_come_to_an_end) {
  std::vector<std::optional<Nanos>> unnamed;
  std::vector<std::optional<Nanos>> refused;
  for (int tries = 1; tries <= 4; ++tries) {
    unnamed.push_back(wait_after_status(429, std::nullopt, tries, {}));
    refused.push_back(wait_after_refusal(tries));
  }
  EXPECT_EQ(wait_after_refusal(2, 10ms), Nanos{20ms});
  EXPECT_EQ(wait_after_status(429, std::nullopt, 3, {}, 10ms), Nanos{30ms});
  EXPECT_EQ(wait_after_status(429, "3", 1, {}, 10ms), Nanos{3s}) << "the server's word wins";
  EXPECT_EQ(unnamed, (std::vector<std::optional<Nanos>>{1s, 2s, 3s, std::nullopt}));
  EXPECT_EQ(refused, (std::vector<std::optional<Nanos>>{1s, 2s, 3s, std::nullopt}));
}

}  // namespace
}  // namespace assay::backend
