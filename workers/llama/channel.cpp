#include "channel.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <vector>

#include <fmt/format.h>

namespace assay::llama {
namespace {

constexpr std::size_t kReadSize = 64U << 10U;

/// Without destructors: the engine may be in the middle of something, and nothing of ours needs to be saved.
[[noreturn]] void end_now(int status) {
  _exit(status);
}

}  // namespace

Channel::Channel(int input, int output) : input_(input), output_(output) {
  std::thread([this] { read_all(); }).detach();  // lives as long as the process
}

void Channel::read_all() {
  std::vector<char> buffer(kReadSize);
  std::string line;
  bool too_long = false;
  for (;;) {
    const ssize_t n = read(input_, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) end_now(0);
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      if (!too_long) line += bytes.substr(0, end);
      take(line, too_long || line.size() > wire::kMaxLine);
      line.clear();
      too_long = false;
      bytes.remove_prefix(end + 1);
    }
    if (!too_long) line += bytes;
    if (line.size() > wire::kMaxLine) {
      too_long = true;
      line = {};
    }
  }
}

void Channel::take(std::string_view line, bool too_long) {
  if (line.empty() && !too_long) return;
  Incoming incoming{too_long ? fail({.code = Code::bad_input,
                                     .where = {},
                                     .found = "a line that is too long",
                                     .expected = fmt::format("at most {} bytes", wire::kMaxLine),
                                     .remedy = {}})
                             : wire::decode_request(line),
                    0};
  if (incoming.request)
    incoming.id = std::visit([](const auto& message) { return message.id; }, *incoming.request);
  else if (!too_long)
    incoming.id = wire::id_of(line);
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(incoming));
    waiting_.fetch_add(1, std::memory_order_release);
  }
  arrived_.notify_one();
}

Incoming Channel::wait() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !queue_.empty(); });
  Incoming incoming = std::move(queue_.front());
  queue_.pop_front();
  waiting_.fetch_sub(1, std::memory_order_release);
  return incoming;
}

void Channel::send(const wire::Reply& reply) {
  std::string line = wire::encode(reply);
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = write(output_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) end_now(1);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace assay::llama
