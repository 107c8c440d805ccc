// What one token event costs assay's HTTP client, and how late it is seen: bench/stream_client.py runs it.
//
//   stream_client serve RATE TOKENS            a server of OpenAI's protocol; prints its port, ends with its
//                                              input
//   stream_client measure ADDRESS STREAMS      asks for so many streams at once; prints JSON
//   stream_client bare PORT STREAMS            the same bytes through epoll and recv alone: what no client
//   can go below
//
// Each chunk carries the monotonic time at which the server handed it to the kernel; the lag is the client's
// own stamp less that time. Both clocks are one: it is the same machine.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "backend/table.h"
#include "base/clock.h"
#include "base/loopback.h"

namespace {

using assay::Nanos;

// ---- the server ----

/// Until one of them is ready, or for so long.
void wait_for(std::vector<pollfd>& fds, Nanos patience) {
#ifdef __linux__
  const timespec most{patience.count() / 1'000'000'000, patience.count() % 1'000'000'000};
  ::ppoll(fds.data(), fds.size(), &most, nullptr);
#else
  ::poll(fds.data(), static_cast<nfds_t>(fds.size()), static_cast<int>(patience.count() / 1'000'000));
#endif
}

struct Stream {
  int fd = -1;
  Nanos due{0};
  int left = 0;
  bool operator>(const Stream& other) const { return due > other.due; }
};

class Server {
 public:
  Server(int rate, int tokens) : gap_(1'000'000'000 / rate), tokens_(tokens) {
    const auto listener = assay::listen_on_loopback(1024);
    if (!listener) std::abort();
    listener_ = listener->fd;
    fmt::print("{}\n", listener->port);
    std::fflush(stdout);
  }

  void run() {
    for (;;) {
      std::vector<pollfd> fds{{listener_, POLLIN, 0}, {0, POLLIN, 0}};
      for (const auto& [fd, text] : asking_) fds.push_back({fd, POLLIN, 0});
      const Nanos now = clock_.now();
      Nanos wait =
          streams_.empty() ? Nanos{std::chrono::seconds{1}} : std::max(streams_.top().due - now, Nanos{0});
      // While streams flow nobody new comes but before the first due time: looking costs 256 descriptors.
      if (streams_.empty() || !asking_.empty() || streams_.size() < 2 || looks_++ % 512 == 0) {
        wait_for(fds, wait);
        if (fds[1].revents != 0) return;
        if (fds[0].revents != 0) accept_one();
        for (std::size_t i = 2; i < fds.size(); ++i) {
          if (fds[i].revents != 0) read_request(fds[i].fd);
        }
      } else {
        clock_.sleep_until(streams_.top().due);
      }
      while (!streams_.empty() && streams_.top().due <= clock_.now()) send_next();
    }
  }

 private:
  void accept_one() {
    const int fd = ::accept(listener_, nullptr, nullptr);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    asking_.emplace_back(fd, std::string{});
  }

  void read_request(int fd) {
    const auto at =
        std::find_if(asking_.begin(), asking_.end(), [&](const auto& one) { return one.first == fd; });
    std::array<char, 16384> buffer;
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      ::close(fd);
      asking_.erase(at);
      return;
    }
    std::string& text = at->second;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return;
    if (text.starts_with("GET")) {
      text.clear();
      return send(fd,
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
                  "{\"data\":[{\"id\":\"tiny\"}]}\n");
    }
    if (!text.ends_with("}")) return;
    asking_.erase(at);
    send(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    // The streams begin one after the other, as those of a real server do.
    streams_.push({fd,
                   clock_.now() + Nanos{gap_ * static_cast<std::int64_t>(streams_.size() % 256) / 256} +
                       std::chrono::milliseconds{500},
                   tokens_});
  }

  void send_next() {
    Stream stream = streams_.top();
    streams_.pop();
    const bool last = --stream.left == 0;
    std::string event = fmt::format(
        R"(data: {{"id":"chatcmpl-F78044IhoG79J3Rlhpj0tNcTbCkLIc2p","object":"chat.completion.chunk",)"
        R"("created":{},"model":"tiny","system_fingerprint":"b0","choices":[{{"index":0,)"
        R"("delta":{{"content":"{} "}},"finish_reason":{}}}]}})"
        "\n\n",
        clock_.wall().count() / 1'000'000'000, clock_.now().count(), last ? "\"length\"" : "null");
    if (last) event += "data: [DONE]\n\n";
    send(stream.fd, fmt::format("{:x}\r\n{}\r\n{}", event.size(), event, last ? "0\r\n\r\n" : ""));
    if (last) {
      asking_.emplace_back(stream.fd, std::string{});
      return;
    }
    stream.due += Nanos{gap_};
    streams_.push(stream);
  }

  static void send(int fd, const std::string& bytes) {
    static_cast<void>(::send(fd, bytes.data(), bytes.size(), 0));
  }

  assay::SystemClock clock_;
  std::int64_t gap_;
  int tokens_;
  int listener_ = -1;
  std::uint64_t looks_ = 0;
  std::vector<std::pair<int, std::string>> asking_;
  std::priority_queue<Stream, std::vector<Stream>, std::greater<>> streams_;
};

// ---- the client ----

Nanos processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return Nanos{time.tv_sec * 1'000'000'000 + time.tv_nsec};
}

int measure(const std::string& address, std::uint64_t streams) {
  assay::SystemClock clock;
  assay::record::ModelSpec spec;
  spec.engine = "openai";
  spec.model = "tiny";
  spec.url = address;
  auto made = assay::backend::make(spec, {clock});
  if (!made) return 1;
  assay::backend::Backend& backend = **made;
  if (const auto loaded = backend.load({}); !loaded) {
    fmt::print(stderr, "{}\n", message(loaded.error()));
    return 1;
  }
  for (std::uint64_t id = 1; id <= streams; ++id) {
    backend.start({.id = id,
                   .case_id = "c",
                   .repeat = 0,
                   .prompt = {.messages = {{"user", "go"}}, .raw = false, .images = {}, .audio = {}},
                   .params = {{"max_tokens", 1000}}});
  }
  std::vector<std::int64_t> lags;
  std::uint64_t over = 0;
  std::uint64_t broken = 0;
  Nanos begin{0};
  while (over < streams) {
    for (const assay::backend::Event& event : backend.wait(clock.now() + std::chrono::milliseconds{100})) {
      if (const auto* tokens = std::get_if<assay::backend::Tokens>(&event.what)) {
        if (begin.count() == 0) begin = processor_time();  // connecting is not a token's cost
        std::int64_t sent = 0;
        std::from_chars(tokens->text.data(), tokens->text.data() + tokens->text.size(), sent);
        lags.push_back(tokens->events.front().at.count() - sent);
      }
      broken += std::holds_alternative<assay::backend::Broken>(event.what) ? 1 : 0;
      if (std::holds_alternative<assay::backend::Finished>(event.what) ||
          std::holds_alternative<assay::backend::Broken>(event.what))
        ++over;
    }
  }
  const double cpu = static_cast<double>((processor_time() - begin).count());
  std::sort(lags.begin(), lags.end());
  const auto quantile = [&](double q) {
    return static_cast<double>(lags[static_cast<std::size_t>(q * static_cast<double>(lags.size() - 1))]) /
           1e6;
  };
  fmt::print(
      "{{\"events\":{},\"broken\":{},\"cpu_us_per_event\":{:.3f},\"lag_p50_ms\":{:.4f},\"lag_p99_ms\":{:.4f}}"
      "}\n",
      lags.size(), broken, cpu / 1e3 / static_cast<double>(lags.size()), quantile(0.5), quantile(0.99));
  return broken == 0 ? 0 : 1;
}

// ---- the floor ----

#ifdef __linux__

int bare(int port, std::uint64_t streams) {
  const int poller = ::epoll_create1(0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  constexpr std::string_view kRequest = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
  for (std::uint64_t i = 0; i < streams; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
    static_cast<void>(::send(fd, kRequest.data(), kRequest.size(), 0));
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
  std::array<epoll_event, 256> ready;
  std::array<char, 16384> buffer;
  std::uint64_t events = 0;
  Nanos begin{0};
  for (std::uint64_t over = 0; over < streams;) {
    const int count = ::epoll_wait(poller, ready.data(), static_cast<int>(ready.size()), 1000);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[static_cast<std::size_t>(i)].data.fd;
      const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (bytes.find("\ndata: {") != std::string_view::npos) {
        if (begin.count() == 0) begin = processor_time();
        ++events;
      }
      if (got <= 0 || bytes.ends_with("\r\n0\r\n\r\n")) {
        ::close(fd);
        ++over;
      }
    }
  }
  const double cpu = static_cast<double>((processor_time() - begin).count());
  ::close(poller);
  fmt::print("{{\"events\":{},\"cpu_us_per_event\":{:.3f}}}\n", events,
             cpu / 1e3 / static_cast<double>(events));
  return 0;
}

#else

int bare(int, std::uint64_t) {
  fmt::print(stderr, "bare needs Linux: it waits with epoll\n");
  return 2;
}

#endif

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // not every system has MSG_NOSIGNAL
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "serve") {
    Server(std::atoi(words[1].c_str()), std::atoi(words[2].c_str())).run();
    return 0;
  }
  if (words.size() == 3 && words[0] == "measure")
    return measure(words[1], static_cast<std::uint64_t>(std::atoll(words[2].c_str())));
  if (words.size() == 3 && words[0] == "bare")
    return bare(std::atoi(words[1].c_str()), static_cast<std::uint64_t>(std::atoll(words[2].c_str())));
  fmt::print(stderr,
             "usage: stream_client serve RATE TOKENS | measure ADDRESS STREAMS | bare PORT STREAMS\n");
  return 2;
}
