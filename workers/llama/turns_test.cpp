#include "turns.h"

#include <gtest/gtest.h>

namespace assay::llama {
namespace {

struct Request {
  int id = 0;
  std::size_t needs = 0;
  std::size_t passed = 0;
};

/// A memory of ten places and four that may run at once, of which somebody ends when the test says so.
class Desk {
 public:
  static constexpr std::size_t kMost = 4;

  void come(int id, std::size_t needs) { waiting.push_back({id, needs}); }
  void admit() {
    admit_in_turn(waiting, kMost, [&](Request& one) {
      if (running.size() == kMost) return Admission::full;
      if (taken() + one.needs > 10) return Admission::waits;
      running.push_back(one);
      order.push_back(one.id);
      return Admission::admitted;
    });
  }
  void end_oldest() { running.erase(running.begin()); }
  std::size_t taken() const {
    std::size_t sum = 0;
    for (const Request& one : running) sum += one.needs;
    return sum;
  }

  std::vector<Request> waiting;
  std::vector<Request> running;
  std::vector<int> order;
};

TEST(Turns, are_taken_in_the_order_of_coming) {
  Desk desk;
  for (int id = 0; id < 6; ++id) desk.come(id, 2);
  desk.admit();
  EXPECT_EQ(desk.order, (std::vector<int>{0, 1, 2, 3}));
  desk.end_oldest();
  desk.admit();
  EXPECT_EQ(desk.order.back(), 4);
}

TEST(Turns, no_room_lies_idle_for_one_that_does_not_fit) {
  Desk desk;
  desk.come(0, 4);
  desk.come(1, 8);
  desk.come(2, 3);
  desk.come(3, 3);
  desk.admit();
  EXPECT_EQ(desk.order, (std::vector<int>{0, 2, 3}));
}

/// Short ones come without end, and one is always running while others are let in.
void let_short_ones_come(Desk& desk, int first, int last) {
  for (int id = first; id < last; ++id) {
    desk.come(id, 3);
    const std::size_t before = desk.order.size();
    desk.admit();
    if (desk.running.size() > 1 || desk.order.size() == before) desk.end_oldest();
  }
}

TEST(Turns, who_needs_much_room_is_passed_so_often_and_no_more) {
  Desk desk;
  desk.come(0, 3);
  desk.admit();
  desk.come(1, 9);
  let_short_ones_come(desk, 2, 50);
  ASSERT_GT(desk.order.size(), 20U) << "it goes on afterwards";
  EXPECT_EQ(desk.order[1 + Desk::kMost], 1);
}

TEST(Turns, two_that_wait_have_their_turns_one_after_the_other) {
  Desk desk;
  desk.come(0, 3);
  desk.admit();
  desk.come(1, 9);
  desk.come(2, 8);
  let_short_ones_come(desk, 3, 60);
  ASSERT_GT(desk.order.size(), 20U);
  EXPECT_EQ(desk.order[1 + Desk::kMost], 1);
  EXPECT_EQ(desk.order[2 + Desk::kMost], 2) << "it was passed as often, so it is next";
}

}  // namespace
}  // namespace assay::llama
