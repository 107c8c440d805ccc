// An HTTP client that stamps what it receives when it receives it. Many transfers on one thread; connections
// are kept and used again. libcurl does the protocol, the loop around it is ours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

struct HttpHeader {
  std::string name;
  std::string value;
};

/// 0: no limit of this kind.
struct HttpLimits {
  Nanos connect = std::chrono::seconds{10};
  Nanos silence{0};  ///< no byte of the answer for so long, from the sending on
  Nanos whole{0};
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http or https
  std::vector<HttpHeader> headers{};
  std::string body{};
  HttpLimits limits{};
};

/// Of one start(); never reused by a client.
using HttpId = std::uint64_t;

/// Connected, the first byte of the request is about to be written. Comes again when a kept connection proved
/// dead and the request had to be sent once more.
struct HttpSent {
  Nanos at{0};
};
/// Status line and headers of the final answer (not of a 100 Continue). Redirects are answers too: none is
/// followed, so a key never travels to another host.
struct HttpHead {
  Nanos at{0};
  int status = 0;
  std::vector<HttpHeader> headers;  ///< names in lower case
};
struct HttpBody {
  Nanos at{0};  ///< when recv returned these bytes
  std::string bytes;
};
struct HttpDone {
  Nanos at{0};
};
enum class HttpTrouble { bad_url, resolve, connect, tls, timeout, broken };
/// It ended before its end. `sentence` has no full stop and no address.
struct HttpFailed {
  Nanos at{0};
  HttpTrouble trouble = HttpTrouble::broken;
  std::string sentence;
  bool was_sent = false;  ///< the server may have seen the request
};

struct HttpEvent {
  HttpId id = 0;
  std::variant<HttpSent, HttpHead, HttpBody, HttpDone, HttpFailed> what;
};

/// A whole answer.
struct HttpReply {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
  Nanos sent{0};
  Nanos first_byte{0};  ///< of the headers
};

/// The value of a header by its lower-case name, or absent.
std::optional<std::string> header_of(const std::vector<HttpHeader>& headers, std::string_view name);

/// Thread: one at a time. The clock must be a real one: this is the outside world.
class HttpClient {
 public:
  explicit HttpClient(Clock& clock);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Begins a transfer; trouble of any kind comes as HttpFailed.
  HttpId start(HttpRequest request);
  /// Waits until an event is there or until then; gives all that are there, in order.
  std::vector<HttpEvent> wait(Nanos until);
  /// Ends a transfer and its connection. No event of it follows.
  void cancel(HttpId id);
  std::size_t in_flight() const;
  /// Sends and waits for the whole answer; for small answers between measurements. Events of other transfers
  /// are kept for wait(). An answer above `most` bytes is HttpTrouble::broken.
  tl::expected<HttpReply, HttpFailed> fetch(HttpRequest request, std::size_t most = 16U << 20U);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay
