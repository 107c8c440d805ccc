#include "base/poller.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#ifdef __linux__
#include <sys/epoll.h>
#endif

namespace assay {
namespace {

int milliseconds(Nanos patience) {
  const auto up = std::chrono::ceil<std::chrono::milliseconds>(std::max(patience, Nanos{0})).count();
  return static_cast<int>(std::min<std::int64_t>(up, 60'000));
}

}  // namespace

#ifdef __linux__

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Poller::~Poller() {
  if (epoll_ >= 0) ::close(epoll_);
}

void Poller::watch(int fd, bool readable, bool writable) {
  if (!readable && !writable) return forget(fd);
  epoll_event event{};
  event.events = (readable ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                 (writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  event.data.fd = fd;
  // The number may be that of a socket which was closed without a word: the kernel has forgotten it then.
  if (!wishes_.contains(fd) || ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0)
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  wishes_[fd] = {readable, writable};
}

void Poller::forget(int fd) {
  if (wishes_.erase(fd) > 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

std::vector<Poller::Ready> Poller::wait(Nanos patience) {
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds(patience));
  std::vector<Ready> ready;
  ready.reserve(static_cast<std::size_t>(std::max(count, 0)));
  for (int i = 0; i < count; ++i) {
    const std::uint32_t bits = events[static_cast<std::size_t>(i)].events;
    ready.push_back({events[static_cast<std::size_t>(i)].data.fd, (bits & EPOLLIN) != 0,
                     (bits & EPOLLOUT) != 0, (bits & (EPOLLERR | EPOLLHUP)) != 0});
  }
  return ready;
}

#else

Poller::Poller() = default;
Poller::~Poller() = default;

void Poller::watch(int fd, bool readable, bool writable) {
  if (!readable && !writable) return forget(fd);
  wishes_[fd] = {readable, writable};
}

void Poller::forget(int fd) {
  wishes_.erase(fd);
}

std::vector<Poller::Ready> Poller::wait(Nanos patience) {
  std::vector<pollfd> fds;
  fds.reserve(wishes_.size());
  for (const auto& [fd, wish] : wishes_)
    fds.push_back({fd, static_cast<short>((wish.readable ? POLLIN : 0) | (wish.writable ? POLLOUT : 0)), 0});
  ::poll(fds.data(), static_cast<nfds_t>(fds.size()), milliseconds(patience));
  std::vector<Ready> ready;
  for (const pollfd& one : fds) {
    if (one.revents == 0) continue;
    ready.push_back({one.fd, (one.revents & POLLIN) != 0, (one.revents & POLLOUT) != 0,
                     (one.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0});
  }
  return ready;
}

#endif

}  // namespace assay
