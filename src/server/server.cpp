#include "server/server.h"

#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

#include "base/text.h"
#include "server/access.h"
#include "server/page.h"
#include "server/routes.h"

namespace assay::server {
namespace {

// A browser holds six connections to a server, and each takes a thread while it is open: this is room for ten
// pages that watch runs, at 64 KB of touched stack each.
constexpr std::size_t kThreads = 64;
// Event streams are open for hours; the rest of the threads stays free for answers.
constexpr int kMostStreams = 40;
constexpr std::chrono::seconds kReadLimit{5};
constexpr std::chrono::seconds kWriteLimit{10};
constexpr std::size_t kKeepAlive = 1000;  // requests over one connection
constexpr std::size_t kLongestPath = 2048;
constexpr int kNotModified = 304;
constexpr const char* kHowToTurnOn =
    ". It is there for old clients of Benchy with: assay serve --benchy-route";

constexpr const char* kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

Credentials credentials_of(const httplib::Request& request) {
  // Two Host headers are a trick: no name fits.
  const bool one_host = request.get_header_value_count("Host") == 1;
  return {.host = one_host ? request.get_header_value("Host") : std::string{},
          .origin = request.get_header_value("Origin"),
          .cookie = request.get_header_value("Cookie"),
          .authorization = request.get_header_value("Authorization"),
          .fetch_site = request.get_header_value("Sec-Fetch-Site")};
}

/// Whether bytes of a body follow that nobody has read.
bool has_body(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

bool is_reading(const httplib::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

bool is_api(std::string_view path) {
  return path == "/api" || path.starts_with("/api/");
}

class Sink final : public EventSink {
 public:
  Sink(httplib::DataSink& sink, const std::atomic<bool>& ending) : sink_(sink), ending_(ending) {}
  bool write(std::string_view bytes) override { return !ending_ && sink_.write(bytes.data(), bytes.size()); }
  bool open() override { return !ending_ && (!sink_.is_writable || sink_.is_writable()); }

 private:
  httplib::DataSink& sink_;
  const std::atomic<bool>& ending_;
};

/// The library prefers brotli where a browser takes it, at its highest quality: a wall of 10,000 squares is
/// answered in 1.1 s then, in 0.09 s with gzip, which has 60 % more bytes.
void only_gzip(httplib::Request& request) {
  const std::string taken = request.get_header_value("Accept-Encoding");
  request.headers.erase("Accept-Encoding");
  if (taken.find("gzip") != std::string::npos && taken.find("gzip;q=0") == std::string::npos)
    request.headers.emplace("Accept-Encoding", "gzip");
}

}  // namespace

struct Server::Impl {
  Impl(store::Store& store, bool writable, Library& library, RunControl& control,
       const record::Machine& machine)
      : summaries(store, writable, library, control),
        opened(store, library),
        context{store, writable, library, control, machine, summaries, opened, ending} {}

  std::atomic<bool> ending{false};
  std::atomic<int> streams{0};
  Access access;
  bool benchy_route = false;
  Summaries summaries;
  Opened opened;
  Context context;
  httplib::Server http;

  void set_up();
  httplib::Server::HandlerResponse before_body(const httplib::Request& request, httplib::Response& response);
  void with_body(const httplib::Request& request, httplib::Response& response,
                 const httplib::ContentReader& reader);
  bool is_for_old_clients(const httplib::Request& request) const {
    return benchy_route && request.path == kBenchyPath;
  }
  std::optional<Refusal> refusal_of(const httplib::Request& request) const;
  Reply said_to(const httplib::Request& request, int status, const std::string& sentence) const;
  Reply answer(const Route& route, Asked& asked);
  Asked asked_from(const httplib::Request& request, const Found& found) const;
  void give(const httplib::Request& request, httplib::Response& response, Reply reply, bool unread);
  void give_page(const httplib::Request& request, httplib::Response& response);
};

Asked Server::Impl::asked_from(const httplib::Request& request, const Found& found) const {
  return {.method = request.method == "HEAD" ? "GET" : request.method,
          .path = request.path,
          .parts = found.parts,
          // Another container in newer versions of the library.
          .params = {request.params.begin(), request.params.end()},
          .body = {},
          .content_type = request.get_header_value_count("Content-Type") == 1
                              ? request.get_header_value("Content-Type")
                              : std::string{},
          .last_event_id = request.get_header_value("Last-Event-ID"),
          .may_change = has_token(access, credentials_of(request))};
}

/// An old client reads `error` as text.
Reply Server::Impl::said_to(const httplib::Request& request, int status, const std::string& sentence) const {
  return is_for_old_clients(request) ? plain_refusal(status, sentence) : refuse(status, sentence);
}

std::optional<Refusal> Server::Impl::refusal_of(const httplib::Request& request) const {
  const Credentials given = credentials_of(request);
  if (is_for_old_clients(request)) return refusal_of_old_client(access, given);
  const bool reads = is_reading(request);
  const bool api = is_api(request.path);
  if (reads && !api && request.has_param("token")) return wrong_place(access, given);
  return refusal(access, given, !reads && api);  // outside /api/ nothing can be changed
}

Reply Server::Impl::answer(const Route& route, Asked& asked) {
  for (const std::string& part : asked.parts) {
    if (first_invalid_utf8(part) || part.find('\0') != std::string::npos || part.size() > kLongestPath)
      return refuse(404, "the address names nothing that there is");
  }
  return route.answer(context, asked);
}

/// `unread`: a body follows on the connection, which must end then, or its bytes would be taken for requests.
void Server::Impl::give(const httplib::Request& request, httplib::Response& response, Reply reply,
                        bool unread) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (!response.has_header("Cache-Control")) response.set_header("Cache-Control", "no-store");
  if (reply.stream) {
    if (request.method == "HEAD") {
      response.set_header("Content-Type", reply.type);
      return;
    }
    if (streams.fetch_add(1) >= kMostStreams) {
      --streams;
      give(request, response,
           refuse(500, fmt::format("{} event streams are open already. Close some pages", kMostStreams)),
           unread);
      return;
    }
    response.set_chunked_content_provider(
        reply.type,
        [this, stream = std::move(reply.stream)](std::size_t, httplib::DataSink& sink) {
          Sink events(sink, ending);
          stream(events);
          sink.done();
          return true;
        },
        [this](bool) { --streams; });
    return;
  }
  if (!unread) {
    if (reply.status != kNotModified) response.set_content(reply.body, reply.type);
    return;
  }
  response.set_header("Connection", "close");
  const std::size_t size = reply.body.size();
  response.set_content_provider(
      size, reply.type,
      [body = std::move(reply.body)](std::size_t offset, std::size_t, httplib::DataSink& sink) {
        sink.write(body.data() + offset, body.size() - offset);
        return false;  // all is written; "failed" makes the library close
      });
}

void Server::Impl::give_page(const httplib::Request& request, httplib::Response& response) {
  const std::string& path = request.path;
  if (const std::string token = request.get_param_value("token"); !token.empty()) {
    if (!equal_in_constant_time(token, access.token)) {
      give(request, response,
           refuse(401,
                  "the token is not that of this server. Open the address that it printed when it started"),
           false);
      return;
    }
    response.set_header("Set-Cookie",
                        fmt::format("assay_token={}; HttpOnly; SameSite=Strict; Path=/", access.token));
    response.set_header("Cache-Control", "no-store");
    // As it came, without the query. Our own path only: "//elsewhere" would be another server.
    const std::string place = request.target.substr(0, request.target.find('?'));
    const bool plain =
        place.starts_with('/') && !place.starts_with("//") && place.find('\\') == std::string::npos;
    response.set_redirect(plain ? place : "/", 303);
    return;
  }
  give(request, response, page_reply(path, request.get_header_value("If-None-Match")), false);
}

httplib::Server::HandlerResponse Server::Impl::before_body(const httplib::Request& request,
                                                           httplib::Response& response) {
  using enum httplib::Server::HandlerResponse;
  // Answers are whole: a part of one under status 200 would be wrong, and the library cuts by itself.
  const_cast<httplib::Request&>(request).ranges.clear();
  only_gzip(const_cast<httplib::Request&>(request));
  const bool unread = has_body(request);
  const auto refuse_with = [&](int status, const std::string& why) {
    give(request, response, said_to(request, status, why), unread);
    return Handled;
  };
  if (request.path.size() > kLongestPath) return refuse_with(404, "the address is too long");
  if (const auto no = refusal_of(request)) return refuse_with(no->status, no->why);
  const bool reads = is_reading(request);
  if (reads && !is_api(request.path) && !is_for_old_clients(request)) {
    give_page(request, response);
    return Handled;
  }
  const Found found =
      find_route(request.method == "HEAD" ? "GET" : request.method, request.path, benchy_route);
  if (found.route == nullptr) {
    if (!found.other_method)
      return refuse_with(404, fmt::format("there is no '{}' here{}", printable(request.path, 200),
                                          request.path == kBenchyPath ? kHowToTurnOn : ""));
    for (const Route& route : routes()) {
      if (find_route(route.method, request.path, benchy_route).route == &route)
        response.set_header("Allow", std::string(route.method));
    }
    return refuse_with(405,
                       fmt::format("{} is not what this address answers", printable(request.method, 20)));
  }
  if (!reads) {
    const std::string type = lower_ascii(request.get_header_value("Content-Type"));
    if (type.starts_with("multipart/"))
      return refuse_with(415, "the body is a form; expected the file itself");
    const std::string length = request.get_header_value("Content-Length");
    if (length.size() > 18 ||
        (!length.empty() && std::strtoull(length.c_str(), nullptr, 10) > found.route->most_bytes)) {
      return refuse_with(413, fmt::format("the body has {} bytes; expected at most {}", printable(length, 30),
                                          found.route->most_bytes));
    }
    if (unread) return Unhandled;  // with_body() reads it
  }
  Asked asked = asked_from(request, found);
  give(request, response, answer(*found.route, asked), unread);
  return Handled;
}

void Server::Impl::with_body(const httplib::Request& request, httplib::Response& response,
                             const httplib::ContentReader& reader) {
  const Found found = find_route(request.method, request.path, benchy_route);
  Asked asked = asked_from(request, found);
  bool too_long = false;
  const bool whole = reader([&](const char* bytes, std::size_t count) {
    too_long = asked.body.size() + count > found.route->most_bytes;
    if (!too_long) asked.body.append(bytes, count);
    return !too_long;
  });
  if (too_long) {
    give(request, response,
         said_to(request, 413, fmt::format("the body is longer than {} bytes", found.route->most_bytes)),
         true);
  } else if (!whole) {
    give(request, response, said_to(request, 400, "the body ended early or cannot be read"), true);
  } else {
    give(request, response, answer(*found.route, asked), false);
  }
}

void Server::Impl::set_up() {
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_read_timeout(kReadLimit);
  http.set_write_timeout(kWriteLimit);
  http.set_keep_alive_max_count(kKeepAlive);
  http.set_tcp_nodelay(true);
  // Not the library's SO_REUSEPORT: a second server would share the port and get half of the requests.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  http.set_default_headers({{"Content-Security-Policy", kPolicy},
                            {"X-Content-Type-Options", "nosniff"},
                            {"X-Frame-Options", "DENY"},
                            {"Referrer-Policy", "no-referrer"},
                            {"Cross-Origin-Resource-Policy", "same-origin"}});
  http.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    return before_body(request, response);
  });
  const auto post = [this](const httplib::Request& request, httplib::Response& response,
                           const httplib::ContentReader& reader) { with_body(request, response, reader); };
  http.Post("/api/.*", post);
  if (benchy_route) http.Post(std::string(kBenchyPath), post);
  // What the library refuses by itself (a request that is none, a line that is too long) gets a sentence too.
  http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty() || response.has_header("Content-Type")) return;
    constexpr int kTooLong = 414;
    const Reply reply = refuse(response.status, response.status == kTooLong
                                                    ? "the address is longer than 8 KiB; give less in it"
                                                    : "this is no request that the server understands");
    response.set_content(reply.body, reply.type);
  });
  http.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
        // Ours throw nothing; what the standard library throws (no memory) must not end the program.
        const Reply reply = refuse(500, "the program failed at this request");
        response.status = reply.status;
        response.set_content(reply.body, reply.type);
      });
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::bind(const ServerOptions& options, store::Store& store, bool writable,
                                             Library& library, RunControl& control,
                                             const record::Machine& machine) {
  if (options.benchy_route && !is_loopback(options.host)) {
    return fail(
        {.code = Code::bad_input,
         .where = {},
         .found = fmt::format("--benchy-route together with --host {}: whoever reaches that address could "
                              "start runs here, because old clients send no token",
                              printable(options.host, 80)),
         .expected = "a loopback address, such as 127.0.0.1",
         .remedy = "Leave out one of the two; from another machine use ssh -L"});
  }
  auto impl = std::make_unique<Impl>(store, writable, library, control, machine);
  impl->access = {.token = options.token.empty() ? new_token() : options.token,
                  .host = options.host,
                  .port = options.port,
                  .loopback_only = is_loopback(options.host)};
  impl->benchy_route = options.benchy_route;
  impl->set_up();
  if (options.port == 0)
    impl->access.port = impl->http.bind_to_any_port(options.host);
  else if (!impl->http.bind_to_port(options.host, options.port))
    impl->access.port = -1;
  if (impl->access.port <= 0) {
    return fail({.code = Code::io,
                 .where = {},
                 .found = fmt::format("cannot listen on {}:{}", in_url(options.host), options.port),
                 .expected = "an address of this machine and a free port",
                 .remedy = "Without --port the system chooses one"});
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::string Server::origin() const {
  return fmt::format("http://{}:{}", in_url(impl_->access.host), impl_->access.port);
}
std::string Server::address() const {
  return fmt::format("{}/?token={}", origin(), impl_->access.token);
}
int Server::port() const {
  return impl_->access.port;
}
bool Server::is_open_to_others() const {
  return !impl_->access.loopback_only;
}

void Server::run() {
  impl_->http.listen_after_bind();
}

void Server::stop() {
  impl_->ending = true;
  impl_->http.stop();
}

}  // namespace assay::server
