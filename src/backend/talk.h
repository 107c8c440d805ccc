// A conversation with one server: its address, the key, small questions, and how its trouble reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "base/json.h"
#include "base/result.h"
#include "record/suite.h"

namespace assay::backend {

struct TalkOptions {
  std::string base;                 ///< address without a slash at its end: "http://127.0.0.1:8080/v1"
  std::vector<HttpHeader> headers;  ///< sent with every request, the key among them
  std::string secret;               ///< the key itself: never shown, whoever repeats it
  std::string key_variable;         ///< the environment variable it came from or should come from
  std::string how_to_start;         ///< the remedy when nobody answers: "Start it with: ollama serve"
};

class Talk {
 public:
  Talk(TalkOptions options, Clock& clock) : options_(std::move(options)), client_(clock), clock_(clock) {}

  HttpClient& client() { return client_; }
  Clock& clock() { return clock_; }
  /// Another address, for a server that got one only when it was started.
  void set_base(std::string base) { options_.base = std::move(base); }
  const std::string& base() const { return options_.base; }

  HttpRequest request(std::string_view method, std::string_view path, std::string body = {}) const;
  /// A small question between measurements; the answer must be JSON with a status of 200. Errors: permission
  /// (401, 403), not_found (404), bad_input (other 4xx), unavailable, timeout, engine; as sentences that name
  /// the server.
  Result<Json> get(std::string_view path, Nanos limit = std::chrono::seconds{10});
  Result<Json> post(std::string_view path, const Json& body, Nanos limit);
  /// Median over five of the time from sending a small request on a kept connection to the first byte of its
  /// answer: what HTTP itself costs here. Absent when the server does not answer.
  std::optional<Nanos> base_latency(std::string_view path);

  /// What a status other than 200 means.
  Error refused(int status, const std::vector<HttpHeader>& headers, std::string_view body) const;
  /// Nobody there, broken off, …
  Error unreachable(const HttpFailed& failed) const;
  /// A stranger's text: one line, without the key.
  std::string shown(std::string_view text, std::size_t columns = 200) const;

 private:
  Result<Json> ask(HttpRequest request, Nanos limit);

  TalkOptions options_;
  HttpClient client_;
  Clock& clock_;
};

/// Address without the user and password that may stand in it, for people and records.
std::string without_secrets(std::string_view url);

/// The address is on this machine.
bool is_loopback(std::string_view url);

/// Whether a service's key may go to this address: to the service itself, to this machine, or where the user
/// sent it on the command line. A suite that somebody else wrote cannot send it elsewhere.
bool may_have_key(std::string_view base, std::string_view service, const record::ModelSpec& spec);

}  // namespace assay::backend
