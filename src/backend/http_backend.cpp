#include "backend/http_backend.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "backend/retry.h"

namespace assay::backend {
namespace {

// Enough for any sentence of an error; a server that sends more is not read to the end.
constexpr std::size_t kMostErrorBytes = 64U << 10U;
constexpr std::size_t kMostPromptBytes = 16U << 20U;
constexpr auto kPromptPatience = std::chrono::seconds{10};
constexpr auto kServerLook = std::chrono::milliseconds{200};

class HttpBackend final : public Backend {
 public:
  HttpBackend(std::unique_ptr<Dialect> dialect, HttpOptions options, Clock& clock)
      : dialect_(std::move(dialect)),
        options_(std::move(options)),
        clock_(clock),
        talk_(options_.talk, clock) {}
  ~HttpBackend() override { unload(); }

  Result<Loaded> load(const LoadRequest& request) override;
  void start(Request request) override;
  std::vector<Event> wait(Nanos until) override;
  void cancel(RequestId id) override;
  void unload() override;
  std::optional<Memory> memory() override;

 private:
  struct InFlight {
    Request request;
    HttpId transfer = 0;  ///< 0: waiting for its next try
    int tries = 0;
    Nanos due{0};
    Nanos began{0};             ///< this try
    std::optional<Nanos> sent;  ///< its bytes; absent: it has not got so far
    int status = 0;
    std::vector<HttpHeader> headers;
    std::string error_body;
    bool asks_prompt = false;  ///< the transfer is the question for the prompt's text
    std::string prompt;        ///< as the server's template makes it
    std::unique_ptr<AnswerReader> reader;
    bool over = false;
  };

  void send(InFlight& flight);
  void send_the_due(Nanos now);
  Nanos next_try(Nanos until) const;
  void end(InFlight& flight);
  void take(HttpEvent&& event);
  void take_prompt(InFlight& flight, HttpEvent&& event);
  void take_head(InFlight& flight, HttpHead&& head);
  void take_body(InFlight& flight, HttpBody&& body);
  void take_end(InFlight& flight, Nanos at);
  void take_failure(InFlight& flight, const HttpFailed& failed);
  void give(InFlight& flight, std::vector<Piece>& pieces);
  void break_off(InFlight& flight, std::string reason, const Error& error, bool engine_died = false);
  void refuse(InFlight& flight, Nanos at);
  void try_again(InFlight& flight, record::Attempt&& failed);
  void watch_server();
  InFlight* of_transfer(HttpId id);

  std::unique_ptr<Dialect> dialect_;
  HttpOptions options_;
  Clock& clock_;
  Talk talk_;
  std::unique_ptr<ManagedServer> server_;
  Nanos next_look_{0};
  bool loaded_ = false;
  std::unordered_map<RequestId, InFlight> in_flight_;
  std::unordered_map<HttpId, RequestId> by_transfer_;
  std::size_t waiting_ = 0;       // of in_flight_, for their next try
  std::vector<RequestId> ended_;  // of in_flight_, to be dropped
  std::vector<Event> events_;
  std::vector<Piece> pieces_;  // of one body, kept for its memory
};

Result<Loaded> HttpBackend::load(const LoadRequest& request) {
  unload();
  if (options_.start) {
    auto server =
        ManagedServer::start(*options_.start, options_.model, request.parallel, clock_, request.stop);
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    talk_.set_base(server_->address());
  }
  auto loaded = dialect_->load(talk_, request);
  if (!loaded) {
    server_.reset();
    return loaded;
  }
  if (server_ && !loaded->load) loaded->load = server_->took();
  if (server_) server_->forget_peak();  // a load's own peak is not the model's
  loaded_ = true;
  for (const auto& [name, value] : request.params) {
    const auto& known = loaded->supported;
    if (std::find(known.begin(), known.end(), name) == known.end())
      loaded->effective.emplace(name, record::EffectiveParam{Json(), record::Applied::not_supported});
  }
  loaded->over_http = true;
  return loaded;
}

void HttpBackend::start(Request request) {
  const RequestId id = request.id;
  InFlight& flight = in_flight_[id];
  flight.request = std::move(request);
  auto question = dialect_->ask_prompt(talk_, flight.request);
  if (!question) return send(flight);
  question->limits.whole = kPromptPatience;
  flight.asks_prompt = true;
  flight.transfer = talk_.client().start(*std::move(question));
  by_transfer_[flight.transfer] = id;
}

/// Whatever becomes of the question, the request itself is sent then.
void HttpBackend::take_prompt(InFlight& flight, HttpEvent&& event) {
  if (const auto* head = std::get_if<HttpHead>(&event.what)) flight.status = head->status;
  if (const auto* body = std::get_if<HttpBody>(&event.what); body != nullptr) {
    if (flight.error_body.size() < kMostPromptBytes) flight.error_body += body->bytes;
  }
  const bool done = std::holds_alternative<HttpDone>(event.what);
  if (done) flight.prompt = dialect_->read_prompt(flight.status, flight.error_body);
  if (!done && !std::holds_alternative<HttpFailed>(event.what)) return;
  flight.asks_prompt = false;
  send(flight);
}

void HttpBackend::send(InFlight& flight) {
  auto request = dialect_->ask(talk_, flight.request);
  if (!request) return break_off(flight, "internal", request.error());
  ++flight.tries;
  flight.began = clock_.now();
  flight.sent.reset();
  flight.status = 0;
  flight.error_body.clear();
  flight.transfer = talk_.client().start(std::move(*request));
  by_transfer_[flight.transfer] = flight.request.id;
}

void HttpBackend::send_the_due(Nanos now) {
  for (auto& [id, flight] : in_flight_) {
    if (flight.transfer != 0 || flight.over || flight.due > now) continue;
    --waiting_;
    send(flight);
  }
}

Nanos HttpBackend::next_try(Nanos until) const {
  for (const auto& [id, flight] : in_flight_) {
    if (flight.transfer == 0 && !flight.over) until = std::min(until, flight.due);
  }
  return until;
}

std::vector<Event> HttpBackend::wait(Nanos until) {
  // With hundreds of streams this runs for every token: nothing here may look at all of them.
  if (events_.empty()) {
    for (HttpEvent& event : talk_.client().wait(waiting_ > 0 ? next_try(until) : until))
      take(std::move(event));
    if (waiting_ > 0) send_the_due(clock_.now());
    watch_server();
  }
  for (const RequestId id : ended_) in_flight_.erase(id);
  ended_.clear();
  return std::exchange(events_, {});
}

/// A server that assay started may end; its pipe must not fill.
void HttpBackend::watch_server() {
  if (!server_ || clock_.now() < next_look_) return;
  next_look_ = clock_.now() + kServerLook;
  if (server_->alive()) return;
  const Error error{
      .code = Code::engine, .where = {}, .found = server_->obituary(), .expected = {}, .remedy = {}};
  for (auto& [id, flight] : in_flight_) {
    if (flight.over) continue;
    talk_.client().cancel(flight.transfer);
    by_transfer_.erase(flight.transfer);
    break_off(flight, "server_exit", error, true);
  }
  waiting_ = 0;
}

HttpBackend::InFlight* HttpBackend::of_transfer(HttpId id) {
  const auto at = by_transfer_.find(id);
  if (at == by_transfer_.end()) return nullptr;
  const auto flight = in_flight_.find(at->second);
  return flight == in_flight_.end() || flight->second.over ? nullptr : &flight->second;
}

void HttpBackend::take(HttpEvent&& event) {
  InFlight* flight = of_transfer(event.id);
  const bool ends =
      std::holds_alternative<HttpDone>(event.what) || std::holds_alternative<HttpFailed>(event.what);
  if (ends) by_transfer_.erase(event.id);
  if (flight == nullptr) return;  // what a server sends after the end of its answer
  if (flight->asks_prompt) return take_prompt(*flight, std::move(event));
  if (const auto* sent = std::get_if<HttpSent>(&event.what)) {
    flight->sent = sent->at;
    events_.push_back({flight->request.id, Sent{sent->at}});
  } else if (auto* head = std::get_if<HttpHead>(&event.what))
    take_head(*flight, std::move(*head));
  else if (auto* body = std::get_if<HttpBody>(&event.what))
    take_body(*flight, std::move(*body));
  else if (const auto* done = std::get_if<HttpDone>(&event.what))
    take_end(*flight, done->at);
  else if (const auto* failed = std::get_if<HttpFailed>(&event.what))
    take_failure(*flight, *failed);
}

void HttpBackend::take_head(InFlight& flight, HttpHead&& head) {
  flight.status = head.status;
  flight.headers = std::move(head.headers);
  if (flight.status != 200) return;
  const std::string type = header_of(flight.headers, "content-type").value_or("");
  if (type.find("text/html") != std::string::npos) {
    flight.status = 0;  // its body is collected and not read as an answer
    return;
  }
  flight.reader = dialect_->reader(flight.request, type.find("application/json") == std::string::npos);
  Accepted accepted;
  accepted.at = head.at;
  accepted.prompt = flight.prompt;
  accepted.effective = dialect_->effective(flight.request);
  accepted.flags = dialect_->flags(flight.request);
  events_.push_back({flight.request.id, std::move(accepted)});
}

void HttpBackend::take_body(InFlight& flight, HttpBody&& body) {
  if (flight.reader) {
    pieces_.clear();
    flight.reader->take(body.bytes, body.at, pieces_);
    return give(flight, pieces_);
  }
  if (flight.error_body.size() < kMostErrorBytes) flight.error_body += body.bytes;
}

void HttpBackend::take_end(InFlight& flight, Nanos at) {
  if (flight.reader) {
    pieces_.clear();
    flight.reader->end(at, pieces_);
    return give(flight, pieces_);
  }
  if (flight.status == 0) {
    return break_off(
        flight, "http",
        {.code = Code::engine,
         .where = {},
         .found = fmt::format("the server at {} answered with a web page: {}", without_secrets(talk_.base()),
                              talk_.shown(flight.error_body, 100)),
         .expected = "an answer of a model",
         .remedy = {}});
  }
  refuse(flight, at);
}

/// The server answered with a status other than 200.
void HttpBackend::refuse(InFlight& flight, Nanos at) {
  constexpr std::size_t kShown = 64;  // a date of HTTP has 29; what a stranger writes is kept no longer
  const auto asked = header_of(flight.headers, "retry-after");
  const auto shown = asked ? std::optional(talk_.shown(*asked, kShown)) : std::nullopt;
  std::string words = sentence(talk_.refused(flight.status, flight.headers, flight.error_body));
  const auto wait =
      wait_after_status(flight.status, asked, flight.tries, clock_.wall(), options_.retry_pause);
  if (wait) {
    return try_again(flight, {.ended = at,
                              .pause = *wait,
                              .reason = "http",
                              .detail = std::move(words),
                              .http_status = flight.status,
                              .retry_after = shown});
  }
  events_.push_back({flight.request.id, Broken{"http", std::move(words), false, flight.status, shown}});
  end(flight);
}

void HttpBackend::take_failure(InFlight& flight, const HttpFailed& failed) {
  const bool nobody = failed.trouble == HttpTrouble::connect && !failed.was_sent;
  if (nobody) {
    if (const auto wait = wait_after_refusal(flight.tries, options_.retry_pause))
      return try_again(flight, {.ended = failed.at,
                                .pause = *wait,
                                .reason = "transport",
                                .detail = sentence(talk_.unreachable(failed))});
  }
  if (server_ && !server_->alive()) {
    return break_off(
        flight, "server_exit",
        {.code = Code::engine, .where = {}, .found = server_->obituary(), .expected = {}, .remedy = {}},
        true);
  }
  break_off(flight, failed.trouble == HttpTrouble::timeout ? "stalled" : "transport",
            talk_.unreachable(failed), nobody);
}

void HttpBackend::give(InFlight& flight, std::vector<Piece>& pieces) {
  for (Piece& piece : pieces) {
    const RequestId id = flight.request.id;
    if (auto* tokens = std::get_if<Tokens>(&piece)) {
      events_.push_back({id, std::move(*tokens)});
      continue;
    }
    if (auto* finished = std::get_if<Finished>(&piece)) events_.push_back({id, std::move(*finished)});
    if (auto* broken = std::get_if<Broken>(&piece)) {
      broken->detail = talk_.shown(broken->detail, 400);
      events_.push_back({id, std::move(*broken)});
      talk_.client().cancel(flight.transfer);
      by_transfer_.erase(flight.transfer);
    }
    end(flight);
  }
}

void HttpBackend::end(InFlight& flight) {
  flight.over = true;
  ended_.push_back(flight.request.id);
}

void HttpBackend::break_off(InFlight& flight, std::string reason, const Error& error, bool engine_died) {
  events_.push_back({flight.request.id, Broken{std::move(reason), sentence(error), engine_died}});
  end(flight);
}

void HttpBackend::try_again(InFlight& flight, record::Attempt&& failed) {
  ++waiting_;
  flight.transfer = 0;
  flight.due = clock_.now() + failed.pause;
  failed.began = flight.began;
  failed.sent = flight.sent;
  events_.push_back({flight.request.id, Again{std::move(failed)}});
}

void HttpBackend::cancel(RequestId id) {
  const auto at = in_flight_.find(id);
  if (at == in_flight_.end() || at->second.over) return;
  talk_.client().cancel(at->second.transfer);
  by_transfer_.erase(at->second.transfer);
  waiting_ -= at->second.transfer == 0 ? 1 : 0;
  end(at->second);
  // The server learns it from the closed connection. What it had counted by then it cannot say any more.
  events_.push_back({id, Finished{clock_.now(), "cancelled", {}, {}}});
}

void HttpBackend::unload() {
  for (const auto& [transfer, id] : by_transfer_) talk_.client().cancel(transfer);
  by_transfer_.clear();
  in_flight_.clear();
  ended_.clear();
  waiting_ = 0;
  events_.clear();
  if (loaded_) dialect_->unload(talk_);
  loaded_ = false;
  server_.reset();
}

std::optional<Memory> HttpBackend::memory() {
  return server_ ? server_->memory() : std::nullopt;
}

}  // namespace

std::unique_ptr<Backend> make_http(std::unique_ptr<Dialect> dialect, HttpOptions options, Clock& clock) {
  return std::make_unique<HttpBackend>(std::move(dialect), std::move(options), clock);
}

}  // namespace assay::backend
