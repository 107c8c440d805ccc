// The same program runs once, and only then.
#include "sandbox/remembering.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sandbox/fake.h"

namespace assay::sandbox {
namespace {

struct Counted {
  std::atomic<int> runs{0};
  End end = End::exited;
  std::size_t out = 1;
  Remembering sandbox{std::make_shared<FakeSandbox>([this](const Program&, const Limits&) {
    Outcome outcome;
    outcome.end = end;
    outcome.out = std::string(out, 'x');
    outcome.status = ++runs;
    return outcome;
  })};

  int run(const Program& program, const Limits& limits = {}) { return sandbox.run(program, limits).status; }
};

Program program(std::string source, std::vector<std::string> arguments = {}, std::string input = {}) {
  return {
      .source = std::move(source), .arguments = std::move(arguments), .input = std::move(input), .reply = {}};
}

TEST(Remembering, the_same_program_runs_once) {
  Counted counted;
  EXPECT_EQ(counted.run(program("a")), 1);
  EXPECT_EQ(counted.run(program("a")), 1);
  EXPECT_EQ(counted.run(program("b")), 2);
  EXPECT_EQ(counted.run(program("a")), 1);
}

TEST(Remembering, what_differs_in_anything_is_another_program) {
  Counted counted;
  Limits longer;
  longer.wall *= 2;
  Limits larger;
  larger.memory *= 2;
  EXPECT_EQ(counted.run(program("a")), 1);
  EXPECT_EQ(counted.run(program("a"), longer), 2);
  EXPECT_EQ(counted.run(program("a"), larger), 3);
  EXPECT_EQ(counted.run(program("a", {"x"})), 4);
  EXPECT_EQ(counted.run(program("a", {"x", ""})), 5);
  EXPECT_EQ(counted.run(program("a", {}, "x")), 6);
  EXPECT_EQ(counted.run(program("", {"a"})), 7);
}

TEST(Remembering, dialogues_and_what_broke_run_again) {
  Counted counted;
  Program talks = program("a");
  talks.reply = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(counted.run(talks), 1);
  EXPECT_EQ(counted.run(talks), 2);
  Program held = program("a");
  held.held = true;
  EXPECT_EQ(counted.run(held), 3);
  EXPECT_EQ(counted.run(held), 4);
  counted.end = End::broken;
  EXPECT_EQ(counted.run(program("a")), 5);
  EXPECT_EQ(counted.run(program("a")), 6);
  counted.end = End::timeout;
  EXPECT_EQ(counted.run(program("a")), 7);
  EXPECT_EQ(counted.run(program("a")), 7);
}

TEST(Remembering, much_output_is_not_kept) {
  Counted counted;
  counted.out = std::size_t{65} << 20U;
  EXPECT_EQ(counted.run(program("a")), 1);
  EXPECT_EQ(counted.run(program("a")), 2);
}

TEST(Remembering, threads_wait_for_the_one_that_runs_it) {
  Counted counted;
  std::vector<std::thread> threads;
  std::vector<int> got(8);
  for (std::size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] { got[i] = counted.run(program("a")); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, std::vector<int>(8, 1));
}

TEST(Once, what_throws_is_made_again) {
  Once<int> once;
  const auto keep = [](int) { return true; };
  EXPECT_THROW(once.get(
                   "a", []() -> int { throw std::runtime_error("x"); }, keep),
               std::runtime_error);
  EXPECT_EQ(once.get(
                "a", [] { return 3; }, keep),
            3);
  EXPECT_EQ(once.get(
                "a", [] { return 4; }, keep),
            3);
}

}  // namespace
}  // namespace assay::sandbox
