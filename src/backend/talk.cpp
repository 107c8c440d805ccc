#include "backend/talk.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::backend {
namespace {

constexpr int kProbes = 5;

/// The words of an error body, in any of the forms that servers use; else the body's beginning.
std::string words_in(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) {
    const std::string_view text = trim(body);
    if (text.starts_with('<')) return "a web page instead of JSON";
    return std::string(text);
  }
  const Json* at = &*parsed;
  if (at->is_object() && at->contains("error")) at = &(*at)["error"];
  for (const char* name : {"message", "detail", "error"}) {
    if (at->is_object() && at->contains(name)) {
      at = &(*at)[name];
      break;
    }
  }
  return at->is_string() ? at->get<std::string>() : dump(*at);
}

std::string_view phrase(int status) {
  struct Phrase {
    int status;
    std::string_view words;
  };
  static constexpr std::array kPhrases{
      Phrase{400, "bad request"},      Phrase{401, "not authorised"},    Phrase{402, "payment required"},
      Phrase{403, "forbidden"},        Phrase{404, "not found"},         Phrase{405, "method not allowed"},
      Phrase{408, "request time-out"}, Phrase{413, "too large"},         Phrase{415, "wrong media type"},
      Phrase{422, "not processable"},  Phrase{429, "too many requests"}, Phrase{500, "internal server error"},
      Phrase{502, "bad gateway"},      Phrase{503, "unavailable"},       Phrase{504, "gateway time-out"},
  };
  const auto* at =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& one) { return one.status == status; });
  return at == kPhrases.end() ? std::string_view{} : at->words;
}

Code code_of(int status) {
  if (status == 401 || status == 403) return Code::permission;
  if (status == 404) return Code::not_found;
  if (status == 408 || status == 504) return Code::timeout;
  if (status == 429 || status == 503) return Code::unavailable;
  return status >= 400 && status < 500 ? Code::bad_input : Code::engine;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  if (what.empty()) return;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

std::string without_secrets(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find('/', begin), url.size());
  const std::size_t at = url.substr(begin, end - begin).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return fmt::format("{}{}", url.substr(0, begin), url.substr(begin + at + 1));
}

bool is_loopback(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, std::min(host.find('/'), host.size()));
  if (host.starts_with("[::1]")) return host.size() == 5 || host[5] == ':';
  host = host.substr(0, std::min(host.find(':'), host.size()));
  return host == "localhost" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool may_have_key(std::string_view base, std::string_view service, const record::ModelSpec& spec) {
  return base == service || spec.where.file.empty() || is_loopback(base);
}

std::string Talk::shown(std::string_view text, std::size_t columns) const {
  std::string clean(text);
  replace_all(clean, options_.secret, "[key]");
  return printable(clean, columns);
}

HttpRequest Talk::request(std::string_view method, std::string_view path, std::string body) const {
  HttpRequest request;
  request.method = method;
  request.url = options_.base + std::string(path);
  request.headers = options_.headers;
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  return request;
}

Error Talk::refused(int status, const std::vector<HttpHeader>& headers, std::string_view body) const {
  const std::string server = without_secrets(options_.base);
  if (status >= 300 && status < 400) {
    const std::string to = header_of(headers, "location").value_or("nowhere");
    return {.code = Code::bad_input,
            .where = {},
            .found = fmt::format("the server at {} sends on to {} ({})", server, shown(without_secrets(to)),
                                 status),
            .expected = "an answer at this address",
            .remedy =
                "Use that address itself if you trust it: assay follows no redirects, so that a key never "
                "reaches another host"};
  }
  const std::string_view name = phrase(status);
  const std::string words = shown(words_in(body));
  Error error{.code = code_of(status),
              .where = {},
              .found = fmt::format("the server at {} answered {}{}{}{}", server, status,
                                   name.empty() ? "" : " ", name, words.empty() ? "" : ": " + words),
              .expected = {},
              .remedy = {}};
  if (error.code == Code::permission && !options_.key_variable.empty()) {
    error.remedy =
        fmt::format("{} the environment variable {}",
                    options_.secret.empty() ? "Put the key into" : "Check the key in", options_.key_variable);
  } else if (status == 429) {
    error.remedy = "Ask for less at a time (--parallel), or later";
  }
  return error;
}

Error Talk::unreachable(const HttpFailed& failed) const {
  const std::string server = without_secrets(options_.base);
  const bool nobody = failed.trouble == HttpTrouble::connect || failed.trouble == HttpTrouble::resolve;
  Error error{.code = failed.trouble == HttpTrouble::timeout ? Code::timeout : Code::unavailable,
              .where = {},
              .found = nobody ? fmt::format("no server answers at {} ({})", server, shown(failed.sentence))
                              : fmt::format("the server at {}: {}", server, shown(failed.sentence)),
              .expected = {},
              .remedy = nobody ? options_.how_to_start : std::string{}};
  if (failed.trouble == HttpTrouble::bad_url) {
    error.code = Code::bad_input;
    error.expected = "an address like http://127.0.0.1:8080/v1";
  } else if (failed.trouble == HttpTrouble::tls) {
    error.remedy = "Check the certificate; a certificate authority of your own goes into SSL_CERT_FILE";
  }
  return error;
}

Result<Json> Talk::ask(HttpRequest request, Nanos limit) {
  request.limits.whole = limit;
  request.limits.connect = std::min<Nanos>(request.limits.connect, limit);
  const auto reply = client_.fetch(std::move(request));
  if (!reply) return fail(unreachable(reply.error()));
  if (reply->status != 200) return fail(refused(reply->status, reply->headers, reply->body));
  auto parsed = parse_json(reply->body);
  if (parsed) return parsed;
  return fail({.code = Code::engine,
               .where = {},
               .found = fmt::format("the server at {} answered with {}", without_secrets(options_.base),
                                    trim(reply->body).starts_with('<')
                                        ? "a web page instead of JSON"
                                        : "text that is no JSON: " + shown(reply->body, 80)),
               .expected = "JSON",
               .remedy = "Is this the address of a model server?"});
}

Result<Json> Talk::get(std::string_view path, Nanos limit) {
  return ask(request("GET", path), limit);
}

Result<Json> Talk::post(std::string_view path, const Json& body, Nanos limit) {
  return ask(request("POST", path, dump(body)), limit);
}

std::optional<Nanos> Talk::base_latency(std::string_view path) {
  std::vector<Nanos> times;
  for (int i = 0; i < kProbes + 1; ++i) {
    HttpRequest probe = request("GET", path);
    probe.limits.whole = std::chrono::seconds{5};
    const auto reply = client_.fetch(std::move(probe));
    if (!reply) return std::nullopt;
    if (i > 0) times.push_back(reply->first_byte - reply->sent);  // the first one made the connection
  }
  std::nth_element(times.begin(), times.begin() + kProbes / 2, times.end());
  return times[kProbes / 2];
}

}  // namespace assay::backend
