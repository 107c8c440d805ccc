#include "base/thread.h"

#include <pthread.h>

#include <memory>

#include <gtest/gtest.h>

namespace assay {
namespace {

/// Touches so many frames of a kilobyte.
std::size_t go_down(std::size_t left) {
  volatile char room[1024];
  room[0] = static_cast<char>(left);
  return left == 0 ? 0 : go_down(left - 1) + (room[0] == static_cast<char>(left) ? 1 : 0);
}

TEST(Thread, runs_what_it_is_given_once) {
  int runs = 0;
  auto moved_in = std::make_unique<int>(7);
  Thread thread([&runs, only = std::move(moved_in)] { runs += *only; });
  EXPECT_TRUE(thread.joinable());
  Thread other = std::move(thread);
  EXPECT_FALSE(thread.joinable());  // NOLINT(bugprone-use-after-move): what a moved one says
  other.join();
  EXPECT_FALSE(other.joinable());
  EXPECT_EQ(runs, 7);
}

#ifdef __GLIBC__
/// Threads that ask for nothing get as little as on a Mac.
class SmallStacks {
 public:
  SmallStacks() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t small = before_;
    pthread_attr_setstacksize(&small, 512U << 10U);
    pthread_setattr_default_np(&small);
  }
  ~SmallStacks() { pthread_setattr_default_np(&before_); }
  SmallStacks(const SmallStacks&) = delete;
  SmallStacks& operator=(const SmallStacks&) = delete;

 private:
  pthread_attr_t before_{};
};
#else
struct SmallStacks {};
#endif

TEST(Thread, has_the_stack_of_a_first_thread_where_others_get_less) {
  [[maybe_unused]] const SmallStacks small;
  constexpr std::size_t kDepth = 3'000;
  std::size_t depth = 0;
  Thread thread([&] { depth = go_down(kDepth); });
  thread.join();
  EXPECT_EQ(depth, kDepth);
}

}  // namespace
}  // namespace assay
