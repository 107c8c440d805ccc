#include "base/process.h"

#include <csignal>

#include <gtest/gtest.h>

namespace assay {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Process> shell(const std::string& script) {
  auto process = Process::start({"sh", "-c", script});
  EXPECT_TRUE(process.has_value());
  return process ? std::move(*process) : nullptr;
}

Nanos soon() {
  return SystemClock().now() + 20s;
}

TEST(Process, lines_come_one_by_one_and_the_last_may_lack_its_break) {
  auto process = shell("printf 'one\\ntwo\\nthree'");
  EXPECT_EQ(process->read_line(soon())->text, "one");
  EXPECT_EQ(process->read_line(soon())->text, "two");
  EXPECT_EQ(process->read_line(soon())->text, "three");
  EXPECT_FALSE(process->read_line(soon()).has_value());
  EXPECT_TRUE(process->ended());
}

TEST(Process, what_is_written_comes_back) {
  auto process = shell("cat");
  ASSERT_TRUE(process->write("hello\n").has_value());
  EXPECT_EQ(process->read_line(soon())->text, "hello");
}

TEST(Process, large_writes_and_answers_do_not_wait_for_each_other) {
  // 8 MiB through `cat` with nobody reading in between: both pipes are full long before the end.
  auto process = shell("cat");
  const std::string line(8U << 20U, 'x');
  ASSERT_TRUE(process->write(line + "\n").has_value());
  EXPECT_EQ(process->read_line(soon())->text.size(), line.size());
}

TEST(Process, exit_codes_and_signals_are_told_apart) {
  auto code = shell("exit 3");
  EXPECT_EQ(describe(*code->wait(soon())), "exit code 3");
  auto killed = shell("kill -9 $$");
  EXPECT_EQ(killed->wait(soon())->signal, SIGKILL);
}

TEST(Process, standard_error_keeps_the_end) {
  auto process = shell(
      "i=0; while [ $i -lt 3000 ]; do echo 'a line of 30 characters or more' >&2; i=$((i+1)); done; echo "
      "last >&2");
  ASSERT_TRUE(process->wait(soon()).has_value());
  const std::string tail = process->stderr_tail();
  EXPECT_LE(tail.size(), 64U << 10U);
  EXPECT_EQ(tail.substr(tail.size() - 5), "last\n");
}

TEST(Process, a_missing_program_is_told_at_once) {
  const auto process = Process::start({"no-such-program-anywhere"});
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code, Code::not_found);
}

TEST(Process, the_destructor_leaves_nothing_behind) {
  pid_t pid = 0;
  {
    auto process = shell("trap '' TERM; sleep 600");
    pid = process->pid();
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(ProcessMemory, counts_what_a_child_holds) {
  auto process =
      Process::start({"python3", "-c", "x = bytearray(50_000_000)\nprint('ready', flush=True)\ninput()"});
  ASSERT_TRUE(process.has_value());
  ASSERT_EQ((*process)->read_line(soon())->text, "ready");
  const auto memory = process_memory((*process)->pid());
  ASSERT_TRUE(memory.has_value());
  EXPECT_GT(memory->resident, 50'000'000U);
  EXPECT_LT(memory->resident, 200'000'000U);
  EXPECT_GE(memory->peak, memory->resident);
  EXPECT_LT(memory->mapped, memory->resident);
  EXPECT_FALSE(process_memory(999'999'999).has_value());
}

TEST(ProcessMemory, a_tree_is_added_up) {
  auto process = Process::start(
      {"sh", "-c", "python3 -c \"x = bytearray(50_000_000)\nprint('ready', flush=True)\ninput()\"; true"});
  ASSERT_TRUE(process.has_value());
  ASSERT_EQ((*process)->read_line(soon())->text, "ready");
  EXPECT_GT(process_memory((*process)->pid())->resident, 50'000'000U);
}

TEST(ProcessMemory, the_machine_has_some) {
  ASSERT_TRUE(total_memory().has_value());
  EXPECT_GT(*total_memory(), 100U << 20U);
  ASSERT_TRUE(available_memory().has_value());
  EXPECT_LE(*available_memory(), *total_memory());
}

}  // namespace
}  // namespace assay
