#include "sandbox/capture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::sandbox {

bool Capture::read() {
  if (number() < 0) return false;
  std::array<char, 65536> block{};
  const ssize_t got = ::read(from_.get(), block.data(), block.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) {
    ended_ = true;
    return false;
  }
  const std::size_t room = std::min<std::size_t>(static_cast<std::size_t>(got), cap_ - seen_);
  bytes_.append(block.data(), room);
  seen_ += room;
  over_ = room < static_cast<std::size_t>(got);
  return !over_;
}

void Capture::drain() {
  std::uint64_t before = 0;
  do {
    before = seen_;
  } while (read() && seen_ > before);
}

std::optional<std::string> Capture::take_line() {
  const std::size_t end = bytes_.find('\n', taken_);
  if (end == std::string::npos) return std::nullopt;
  std::string line = bytes_.substr(taken_, end - taken_);
  taken_ = end + 1;
  if (taken_ == bytes_.size() || taken_ > (std::size_t{1} << 16U)) {
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  return line;
}

std::string Capture::text() const {
  std::string text = bytes_.substr(taken_);
  if (over_) text += fmt::format("[truncated after {} bytes]", cap_);
  return text;
}

void Feed::write() {
  const ssize_t written = ::write(to_.get(), waiting_.data(), waiting_.size());
  if (written > 0) {
    waiting_.erase(0, static_cast<std::size_t>(written));
  } else if (errno != EAGAIN && errno != EINTR) {
    waiting_.clear();  // it has closed its input: its business
  }
}

namespace {

/// The last line of standard error: Python names an uncaught exception there.
bool says_memory_error(std::string_view err) {
  err = trim(err);
  const std::size_t line = err.rfind('\n');
  return err.substr(line == std::string_view::npos ? 0 : line + 1).starts_with("MemoryError");
}

}  // namespace

void classify(int wait_status, const Limits& limits, Outcome& outcome) {
  if (WIFEXITED(wait_status)) {
    outcome.end = End::exited;
    outcome.status = WEXITSTATUS(wait_status);
    outcome.detail = fmt::format("exit code {}", outcome.status);
    if (outcome.status != 0 && says_memory_error(outcome.err)) {
      outcome.end = End::memory_limit;
      outcome.detail = fmt::format("MemoryError: more than {} MiB asked for", limits.memory >> 20U);
    }
    return;
  }
  outcome.end = End::signalled;
  outcome.status = WTERMSIG(wait_status);
  outcome.detail = fmt::format("ended by signal {}", outcome.status);
  const bool spent = outcome.cpu >= limits.wall && (outcome.status == SIGKILL || outcome.status == SIGXCPU);
  if (spent || outcome.status == SIGXCPU) {
    outcome.end = End::timeout;
    outcome.detail = fmt::format("more than {:.3g} s of processor time",
                                 std::chrono::duration<double>(limits.wall).count());
  }
}

}  // namespace assay::sandbox
