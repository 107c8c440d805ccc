// A server of HTTP on the loopback that answers as a test's function says, byte by byte: every fault that a
// model server can have. A thread for each connection.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace assay::testing {

/// A request as it came.
struct SeenRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int number = 0;  ///< of all requests to this server, from 1
};

/// The server's end of a connection.
class HttpWire {
 public:
  explicit HttpWire(int fd) : fd_(fd) {}
  /// Exactly these bytes.
  void send(std::string_view bytes);
  /// A whole answer with Content-Length; the connection stays.
  void answer(int status, std::string_view content_type, std::string_view body,
              std::string_view headers = {});
  /// The head of a chunked answer of server-sent events (or another type), then pieces, then the end.
  void begin_stream(std::string_view content_type = "text/event-stream");
  void piece(std::string_view bytes);
  void end_stream();
  /// Waits until the client has closed.
  void stall();
  void close();
  /// Closes so that the client sees a reset, not an end.
  void reset();
  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  int fd_;
};

class HttpServer {
 public:
  using Handler = std::function<void(const SeenRequest&, HttpWire&)>;
  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<SeenRequest> seen();

 private:
  void accept_all();
  void serve(int fd);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::vector<int> open_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace assay::testing
