// What the sandboxes do, apart from containing: see containment_test.cpp.
#include "sandbox/sandbox.h"

#include <map>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sandbox/fake.h"
#include "sandbox/table.h"

namespace assay::sandbox {
namespace {

Program program(std::string source, std::vector<std::string> arguments = {}, std::string input = {}) {
  return {
      .source = std::move(source), .arguments = std::move(arguments), .input = std::move(input), .reply = {}};
}

Limits brief() {
  Limits limits;
  limits.wall = std::chrono::milliseconds(500);
  return limits;
}

/// The same for a contained and a plain interpreter: a program behaves as under `python3 FILE`.
class Running : public ::testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    const Entry* entry = find(GetParam());
    ASSERT_NE(entry, nullptr);
    // One sandbox for all tests: a world must be clean for the next program.
    static std::map<std::string_view, std::shared_ptr<Sandbox>> made;
    if (!made.contains(GetParam())) {
      if (const auto trouble = entry->probe({})) GTEST_SKIP() << message(*trouble);
      made[GetParam()] = *entry->make({});
    }
    sandbox_ = made[GetParam()];
  }
  Outcome run(const Program& what, const Limits& limits = {}) { return sandbox_->run(what, limits); }

  std::shared_ptr<Sandbox> sandbox_;
};

TEST_P(Running, output_and_exit_code) {
  const Outcome outcome = run(program("import sys\nprint('a')\nprint('b', file=sys.stderr)\nsys.exit(3)"));
  EXPECT_EQ(outcome.end, End::exited) << outcome.detail;
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.out, "a\n");
  EXPECT_EQ(outcome.err, "b\n");
  EXPECT_GT(outcome.wall, Nanos{0});
}

TEST_P(Running, arguments) {
  const Outcome outcome =
      run(program("import sys\nprint(len(sys.argv), sys.argv[1])", {"--ignore-warnings"}));
  EXPECT_EQ(outcome.out, "2 --ignore-warnings\n") << outcome.err;
}

TEST_P(Running, input) {
  const std::string much(300'000, 'x');
  EXPECT_EQ(run(program("print(len(input()))", {}, much + "\n")).out, "300000\n");
  EXPECT_EQ(run(program("import sys\nprint(repr(sys.stdin.read()))")).out, "''\n");
}

TEST_P(Running, message_of_sys_exit) {
  const Outcome outcome = run(program("import sys\nprint('9')\nsys.exit('bad')"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "bad\n");
}

TEST_P(Running, uncaught_exceptions_show_the_program_only) {
  const Outcome outcome = run(program("def f():\n  return 1 / 0\nf()"));
  EXPECT_EQ(outcome.end, End::exited);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.err.starts_with("Traceback (most recent call last):\n  File \"")) << outcome.err;
  EXPECT_TRUE(outcome.err.ends_with("ZeroDivisionError: division by zero\n")) << outcome.err;
  EXPECT_EQ(outcome.err.find("<string>"), std::string::npos) << outcome.err;
}

TEST_P(Running, syntax_errors) {
  const Outcome outcome = run(program("def f(:"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("SyntaxError"), std::string::npos) << outcome.err;
}

TEST_P(Running, source_is_a_utf8_file) {
  EXPECT_EQ(run(program("# Grüße\nprint('ß' * 2, __name__)")).out, "ßß __main__\n");
  EXPECT_EQ(run(program("# -*- coding: latin-1 -*-\nprint(len('\xc3\x9f'))")).out, "2\n");
  EXPECT_NE(run(program("print('\xff')")).status, 0);
}

TEST_P(Running, exit_functions_and_threads_end_as_usual) {
  const Outcome outcome = run(
      program("import atexit, threading, time\natexit.register(lambda: print('c'))\n"
              "def f():\n  time.sleep(0.05)\n  print('b')\nthreading.Thread(target=f).start()\nprint('a')"));
  EXPECT_EQ(outcome.out, "a\nb\nc\n") << outcome.err;
}

TEST_P(Running, signals) {
  const Outcome outcome = run(program("import os\nos.kill(os.getpid(), 15)"));
  EXPECT_EQ(outcome.end, End::signalled);
  EXPECT_EQ(outcome.status, 15);
}

TEST_P(Running, time_is_limited) {
  const Outcome outcome = run(program("print('a', flush=True)\nwhile True: pass"), brief());
  EXPECT_EQ(outcome.end, End::timeout) << outcome.detail;
  EXPECT_EQ(outcome.out, "a\n");
}

TEST_P(Running, output_is_limited) {
  Limits limits;
  limits.out = 1000;
  const Outcome outcome = run(program("while True: print('x' * 99)"), limits);
  EXPECT_EQ(outcome.end, End::output_limit) << outcome.detail;
  EXPECT_EQ(outcome.out.size(), 1000 + std::string("[truncated after 1000 bytes]").size());
  EXPECT_TRUE(outcome.out.ends_with("[truncated after 1000 bytes]"));
}

TEST_P(Running, memory_is_limited) {
  const Outcome outcome = run(program("print(len(bytearray(2 << 30)))"));
  EXPECT_EQ(outcome.end, End::memory_limit) << outcome.detail << outcome.err;
}

TEST_P(Running, dialogue) {
  Program asks =
      program("import sys\nfor i in range(3):\n  print(i, flush=True)\n  print(input(), file=sys.stderr)");
  asks.reply = [](std::string_view line) { return std::optional("got " + std::string(line) + "\n"); };
  const Outcome outcome = run(asks);
  EXPECT_EQ(outcome.end, End::exited) << outcome.detail;
  EXPECT_EQ(outcome.err, "got 0\ngot 1\ngot 2\n");
  EXPECT_EQ(outcome.out, "");
}

TEST_P(Running, a_dialogue_can_be_ended) {
  Program asks = program("print('x', flush=True)\nwhile True: pass");
  asks.reply = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(run(asks).end, End::stopped);
}

TEST_P(Running, many_at_once) {
  std::vector<std::thread> threads;
  std::vector<std::string> said(6);
  for (std::size_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) said[i] += run(program("print(" + std::to_string(i) + ")")).out;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(said[i], fmt::format("{0}\n{0}\n{0}\n", i));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Running, ::testing::Values("bubblewrap", "sandbox-exec", "none"),
                         [](const auto& one) {
                           return one.param == "sandbox-exec" ? std::string("macos") : std::string(one.param);
                         });

TEST(Table, no_way_is_chosen_that_does_not_contain) {
  for (const Entry& entry : table()) {
    EXPECT_FALSE(entry.help.empty());
    EXPECT_EQ(entry.contains, entry.name == "bubblewrap")
        << entry.name << ": only what is proven is protection";
  }
}

TEST(Table, an_interpreter_that_is_not_there_is_a_sentence) {
  const auto made = find("none")->make({.interpreter = "/no/such/python"});
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(message(made.error()).find("/no/such/python"), std::string::npos);
}

TEST(Fake, answers_by_script_and_is_broken_without) {
  FakeSandbox broken;
  EXPECT_EQ(broken.run(program("x"), {}).end, End::broken);
  FakeSandbox scripted([](const Program& what, const Limits&) {
    Outcome outcome;
    outcome.end = End::exited;
    outcome.out = what.source;
    return outcome;
  });
  EXPECT_EQ(scripted.run(program("x"), {}).out, "x");
}

}  // namespace
}  // namespace assay::sandbox
