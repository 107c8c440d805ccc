// Programs per second with all isolation, beside a bare `python3 -I -S` per program, interleaved:
//   sandbox_speed [PROGRAMS PER ROUND] [ROUNDS] [IN FLIGHT…]
// Each round runs one and then the other, so that the machine's mood meets both. Prints JSON; the figures are
// medians over the rounds. The accepted least is 200 programs per second on two idle cores (docs/sandbox.md,
// "Speed").
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "sandbox/table.h"

extern char** environ;  // macOS has it in no header

namespace {

using assay::sandbox::Outcome;
using assay::sandbox::Sandbox;

/// Runs `one` `count` times, `flight` at once. Gives times per second.
double rate(int count, int flight, const std::function<bool()>& one) {
  assay::SystemClock clock;
  std::atomic<int> left{count};
  std::atomic<int> wrong{0};
  const assay::Nanos begin = clock.now();
  std::vector<std::thread> threads;
  for (int i = 0; i < flight; ++i) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) wrong += one() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  if (wrong != 0) fmt::print(stderr, "{} of {} programs went wrong\n", wrong.load(), count);
  return wrong == 0 ? count / seconds : 0;
}

bool in_sandbox(Sandbox& sandbox) {
  const Outcome outcome =
      sandbox.run({.source = "print(6 * 7)", .arguments = {}, .input = {}, .reply = {}}, {});
  return outcome.out == "42\n";
}

bool bare(const std::string& python) {
  std::array<std::string, 5> words{python, "-I", "-S", "-c", "6 * 7"};
  std::array<char*, 6> argv{};
  for (std::size_t i = 0; i < words.size(); ++i) argv[i] = words[i].data();
  pid_t child = -1;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0) return false;
  int status = -1;
  waitpid(child, &status, 0);
  return status == 0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

int main(int argc, char** argv) {
  const int programs = argc > 1 ? std::atoi(argv[1]) : 400;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  std::vector<int> flights;
  for (int i = 3; i < argc; ++i) flights.push_back(std::atoi(argv[i]));
  if (flights.empty()) flights = {1, 2, 4, 8};
  // The same interpreter for both: a script that chooses one would be slower than the interpreter.
  const std::string python = "/usr/bin/python3";
  const auto sandbox = assay::sandbox::make_best({.interpreter = python});
  if (!sandbox) {
    fmt::print(stderr, "{}\n", assay::message(sandbox.error()));
    return 1;
  }
  fmt::print("{{\"schema\": \"assay.bench.sandbox_speed/1\", \"sandbox\": \"{}\", \"processors\": {},\n",
             (*sandbox)->describe(), std::thread::hardware_concurrency());
  fmt::print(" \"programs_per_round\": {}, \"rounds\": {}, \"per_second\": [", programs, rounds);
  for (std::size_t i = 0; i < flights.size(); ++i) {
    rate(flights[i], flights[i], [&] { return in_sandbox(**sandbox); });  // the interpreters start
    std::vector<double> contained;
    std::vector<double> plain;
    for (int round = 0; round < rounds; ++round) {
      contained.push_back(rate(programs, flights[i], [&] { return in_sandbox(**sandbox); }));
      plain.push_back(rate(programs, flights[i], [&] { return bare(python); }));
    }
    fmt::print("{}\n  {{\"in_flight\": {}, \"contained\": {:.1f}, \"bare_interpreter\": {:.1f}}}",
               i == 0 ? "" : ",", flights[i], median(contained), median(plain));
    std::fflush(stdout);
  }
  fmt::print("\n]}}\n");
}
