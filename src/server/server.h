// HTTP around the routes: sockets, limits, access, the page. The only place that knows the HTTP library.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/library.h"
#include "store/store.h"

namespace assay::server {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;       ///< 0: the system chooses
  std::string token;  ///< empty: a new one
  /// POST /iso-speed-bench is there, without the token: for old clients of Benchy. On loopback only.
  bool benchy_route = false;
};

/// Thread   stop() from any; run() from one.
class Server {
 public:
  /// All must live as long as this. `writable`: the store was opened for writing. Errors: io, when the
  /// address is taken or is not this machine's; bad_input, when the options exclude each other.
  static Result<std::unique_ptr<Server>> bind(const ServerOptions& options, store::Store& store,
                                              bool writable, Library& library, RunControl& control,
                                              const record::Machine& machine);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "http://127.0.0.1:8080/?token=…"
  std::string address() const;
  /// The same without the token.
  std::string origin() const;
  int port() const;
  /// Whether other machines can reach it.
  bool is_open_to_others() const;
  /// Answers until stop().
  void run();
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server
