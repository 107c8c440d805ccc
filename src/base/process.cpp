#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/pipe.h"
#include "base/text.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace assay {
namespace {

constexpr std::size_t kErrorTail = 64U << 10U;
// A worker's longest honest line is a prompt of a full context; 64 MiB is far beyond it and still no danger.
constexpr std::size_t kLongestLine = 64U << 20U;
constexpr auto kWritePatience = std::chrono::seconds{10};
constexpr auto kFarewell = std::chrono::milliseconds{300};

struct Pipe {
  int read = -1;
  int write = -1;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (!open_pipe(ends))
    return fail({.code = Code::io,
                 .where = {},
                 .found = fmt::format("cannot make a pipe: {}", std::strerror(errno)),
                 .expected = {},
                 .remedy = {}});
  return Pipe{ends[0], ends[1]};
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

void set_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& argv, int in, int out, int err, int report, pid_t parent) {
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before prctl
#else
  static_cast<void>(parent);
#endif
  ::setpgid(0, 0);  // Ctrl-C on the terminal is for assay, which tells the worker in its own words
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(argv[0], argv.data());
  const int error = errno;
  static_cast<void>(!::write(report, &error, sizeof error));
  ::_exit(127);
}

int poll_timeout(Nanos left) {
  if (left.count() <= 0) return 0;
  const auto milliseconds = (left.count() + 999'999) / 1'000'000;
  return static_cast<int>(std::min<std::int64_t>(milliseconds, 60'000));
}

}  // namespace

std::string describe(const ExitStatus& status) {
  if (status.signal == 0) return fmt::format("exit code {}", status.code);
  std::string_view name = ::strsignal(status.signal);
  name = name.substr(0, name.find(':'));  // macOS repeats the number: "Killed: 9"
  return fmt::format("killed by signal {} ({})", status.signal, name);
}

Result<std::unique_ptr<Process>> Process::start(std::vector<std::string> argv) {
  std::array<Pipe, 4> pipes;  // input, output, errors, and the report of a failed exec
  for (Pipe& pipe : pipes) {
    auto made = make_pipe();
    if (!made) {
      for (Pipe& open : pipes) {
        close_fd(open.read);
        close_fd(open.write);
      }
      return fail(made.error());
    }
    pipe = *made;
  }
  std::vector<char*> pointers;
  for (std::string& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  const pid_t parent = ::getpid();
  const pid_t pid = fork_child();
  if (pid == 0) become(pointers, pipes[0].read, pipes[1].write, pipes[2].write, pipes[3].write, parent);
  const int fork_error = errno;
  close_fd(pipes[0].read);
  close_fd(pipes[1].write);
  close_fd(pipes[2].write);
  close_fd(pipes[3].write);
  int exec_error = pid < 0 ? fork_error : 0;
  if (pid > 0) {
    while (::read(pipes[3].read, &exec_error, sizeof exec_error) < 0 && errno == EINTR) {
    }
    if (exec_error != 0) ::waitpid(pid, nullptr, 0);
  }
  close_fd(pipes[3].read);
  if (exec_error != 0) {
    close_fd(pipes[0].write);
    close_fd(pipes[1].read);
    close_fd(pipes[2].read);
    return fail({.code = exec_error == ENOENT ? Code::not_found : Code::io,
                 .where = {},
                 .found = fmt::format("cannot start '{}': {}", argv[0], std::strerror(exec_error)),
                 .expected = {},
                 .remedy = {}});
  }
  std::unique_ptr<Process> process(new Process);
  process->pid_ = pid;
  process->input_ = pipes[0].write;
  process->output_ = pipes[1].read;
  process->errors_ = pipes[2].read;
  set_nonblocking(process->input_);
  set_nonblocking(process->output_);
  set_nonblocking(process->errors_);
  return process;
}

Process::~Process() {
  close_input();
  if (!wait(clock_.now() + kFarewell)) {
    kill(SIGKILL);
    wait(clock_.now() + std::chrono::seconds{5});
  }
  close_fd(output_);
  close_fd(errors_);
}

Result<void> Process::write(std::string_view text) {
  const auto broken = [&](Code code, std::string what) {
    return fail({.code = code, .where = {}, .found = std::move(what), .expected = {}, .remedy = {}});
  };
  const Nanos until = clock_.now() + kWritePatience;
  while (!text.empty()) {
    if (input_ < 0) return broken(Code::io, "its input is closed");
    const ssize_t put = ::write(input_, text.data(), text.size());
    if (put > 0) {
      text.remove_prefix(static_cast<std::size_t>(put));
      continue;
    }
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno != EAGAIN)
      return broken(Code::io, fmt::format("cannot write to it: {}", std::strerror(errno)));
    if (clock_.now() >= until) return broken(Code::timeout, "it has not read its input for 10 s");
    // Its output is taken in the meantime: two full pipes would wait for each other for ever.
    std::array<pollfd, 3> files{{{input_, POLLOUT, 0}, {output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    ::poll(files.data(), files.size(), 100);
    if (output_ >= 0 && drain(output_, true)) close_fd(output_);
    if (errors_ >= 0 && drain(errors_, false)) close_fd(errors_);
    if (output_ < 0) ended_ = true;
  }
  return {};
}

std::optional<Process::Line> Process::read_line(Nanos until) {
  for (;;) {
    if (next_ < lines_.size()) {
      Line line = std::move(lines_[next_++]);
      if (next_ == lines_.size()) {
        lines_.clear();
        next_ = 0;
      }
      return line;
    }
    if (ended_) return std::nullopt;
    fill(until);
    if (next_ == lines_.size() && !ended_ && clock_.now() >= until) return std::nullopt;
  }
}

void Process::fill(Nanos until) {
  std::array<pollfd, 2> files{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
  const int ready = ::poll(files.data(), files.size(), poll_timeout(until - clock_.now()));
  if (ready <= 0) return;
  if (files[1].revents != 0 && drain(errors_, false)) close_fd(errors_);
  if (files[0].revents != 0 && drain(output_, true)) {
    close_fd(output_);
    ended_ = true;
    if (!partial_.empty()) {
      lines_.push_back({std::move(partial_), dropping_});
      partial_.clear();
    }
    dropping_ = false;
  }
}

/// Reads what is there. True when the stream has ended.
bool Process::drain(int fd, bool is_output) {
  std::array<char, 1U << 16U> block{};
  for (;;) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno != EAGAIN;
    if (got == 0) return true;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
    if (is_output) {
      take_output(bytes);
    } else {
      error_tail_ += bytes;
      if (error_tail_.size() > 2 * kErrorTail) error_tail_.erase(0, error_tail_.size() - kErrorTail);
    }
    if (static_cast<std::size_t>(got) < block.size()) return false;
  }
}

void Process::take_output(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (partial_.size() + part.size() <= kLongestLine)
      partial_ += part;
    else
      dropping_ = true;
    if (end == std::string_view::npos) return;
    lines_.push_back({std::move(partial_), dropping_});
    partial_.clear();
    dropping_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void Process::close_input() {
  close_fd(input_);
}

void Process::kill(int signal) {
  if (!status_ && pid_ > 0) {
    ::kill(-pid_, signal);  // its group: an engine's own children too
    ::kill(pid_, signal);
  }
}

std::optional<ExitStatus> Process::wait(Nanos until) {
  while (!status_) {
    int status = 0;
    const pid_t got = ::waitpid(pid_, &status, WNOHANG);
    if (got == pid_) {
      status_ = WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
      break;
    }
    if (got < 0 && errno != EINTR) {
      status_ = ExitStatus{};
      break;
    }
    if (clock_.now() >= until) return std::nullopt;
    // Its streams end when it does: waiting on them costs no CPU and no fixed pause.
    if (output_ >= 0 || errors_ >= 0) {
      std::array<pollfd, 2> files{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
      ::poll(files.data(), files.size(), std::min(poll_timeout(until - clock_.now()), 20));
      if (output_ >= 0 && drain(output_, true)) {
        close_fd(output_);
        ended_ = true;
      }
      if (errors_ >= 0 && drain(errors_, false)) close_fd(errors_);
    } else {
      clock_.sleep_until(std::min(until, clock_.now() + std::chrono::milliseconds{1}));
    }
  }
  return status_;
}

std::string Process::stderr_tail() {
  if (errors_ >= 0 && drain(errors_, false)) close_fd(errors_);
  return error_tail_.size() > kErrorTail ? error_tail_.substr(error_tail_.size() - kErrorTail) : error_tail_;
}

std::string Process::last_words() {
  constexpr std::size_t kMost = 600;
  const std::string tail = stderr_tail();
  std::string_view words = trim(tail);
  if (words.size() > kMost) words.remove_prefix(words.size() - kMost);
  return to_valid_utf8(words);
}

}  // namespace assay
