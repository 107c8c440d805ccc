#include "testing/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/loopback.h"
#include "base/text.h"

namespace assay::testing {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;  // macOS: the socket has SO_NOSIGPIPE
#endif

/// Reads more into `text`; false at the end of the connection.
bool read_more(int fd, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

/// A connection, so that accept() returns: on macOS it does not for a shutdown() of its socket.
void wake(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  ::close(fd);
}

SeenRequest parsed(const std::string& head) {
  SeenRequest request;
  const std::size_t end = head.find("\r\n");
  const std::string first = head.substr(0, end);
  const std::size_t a = first.find(' ');
  const std::size_t b = first.find(' ', a + 1);
  request.method = first.substr(0, a);
  request.path = first.substr(a + 1, b - a - 1);
  for (std::size_t at = end + 2; at < head.size();) {
    const std::size_t stop = std::min(head.find("\r\n", at), head.size());
    const std::string line = head.substr(at, stop - at);
    if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      request.headers[lower_ascii(line.substr(0, colon))] =
          value == std::string::npos ? "" : line.substr(value);
    }
    at = stop + 2;
  }
  return request;
}

}  // namespace

void HttpWire::send(std::string_view bytes) {
  while (!bytes.empty() && fd_ >= 0) {
    const ssize_t put = ::send(fd_, bytes.data(), bytes.size(), kNoSignal);
    if (put <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void HttpWire::answer(int status, std::string_view content_type, std::string_view body,
                      std::string_view headers) {
  send(fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status,
                   content_type, body.size(), headers, body));
}

void HttpWire::begin_stream(std::string_view content_type) {
  send(
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n", content_type));
}

void HttpWire::piece(std::string_view bytes) {
  send(fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes));
}

void HttpWire::end_stream() {
  send("0\r\n\r\n");
}

void HttpWire::stall() {
  std::string ignored;
  while (read_more(fd_, ignored)) {
  }
}

void HttpWire::close() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  fd_ = -1;
}

void HttpWire::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  fd_ = -1;  // closing follows, and with this option it is a reset
}

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
  const auto listener = listen_on_loopback(512);
  if (!listener) std::abort();
  listener_ = listener->fd;
  port_ = listener->port;
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  wake(port_);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& one : connections_) one.join();
}

std::vector<SeenRequest> HttpServer::seen() {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void HttpServer::accept_all() {
  while (!stopping_) {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    connections_.emplace_back([this, fd] { serve(fd); });
  }
}

void HttpServer::serve(int fd) {
  std::string text;
  bool open = true;
  while (open && !stopping_) {
    std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (!read_more(fd, text)) break;
      if (text.front() != '\x16') continue;  // a greeting of TLS, which this server does not speak
      HttpWire(fd).send("HTTP/1.1 400 Bad Request\r\n\r\n");
      break;
    }
    SeenRequest request = parsed(text.substr(0, end));
    const std::size_t length =
        request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    while (text.size() < end + 4 + length && read_more(fd, text)) {
    }
    request.body = text.substr(end + 4, length);
    text.erase(0, end + 4 + length);
    {
      const std::lock_guard lock(mutex_);
      request.number = static_cast<int>(seen_.size()) + 1;
      seen_.push_back(request);
    }
    HttpWire wire(fd);
    handler_(request, wire);
    open = wire.open();
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

}  // namespace assay::testing
