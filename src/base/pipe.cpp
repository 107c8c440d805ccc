#include "base/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <mutex>

namespace assay {

#ifdef __linux__

bool open_pipe(std::array<int, 2>& ends) {
  return ::pipe2(ends.data(), O_CLOEXEC) == 0;
}

pid_t fork_child() {
  return ::fork();
}

#else

namespace {

std::mutex& between_pipe_and_mark() {
  static std::mutex one;
  return one;
}

}  // namespace

bool open_pipe(std::array<int, 2>& ends) {
  const std::lock_guard alone(between_pipe_and_mark());
  if (::pipe(ends.data()) != 0) return false;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return true;
}

pid_t fork_child() {
  const std::lock_guard alone(between_pipe_and_mark());
  return ::fork();
}

#endif

}  // namespace assay
