#include "server/access.h"

#include <algorithm>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::server {
namespace {

constexpr std::string_view kCookie = "assay_token=";
constexpr std::string_view kBearer = "bearer ";

/// host:port as a browser writes it; the port may be missing where it is 80.
bool is_ours(const Access& access, std::string_view authority) {
  std::vector<std::string> hosts{access.host};
  // Bound to every address: any of this machine's names may be meant, and the token is asked for anyway.
  const bool everywhere = access.host == "0.0.0.0" || access.host == "::";
  if (access.loopback_only || everywhere) {
    for (const char* name : {"localhost", "127.0.0.1", "::1"}) hosts.emplace_back(name);
  }
  const std::string lower = lower_ascii(authority);
  const bool known = std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    const std::string name = lower_ascii(in_url(host));
    return lower == fmt::format("{}:{}", name, access.port) || (access.port == 80 && lower == name);
  });
  if (known || !everywhere) return known;
  // A numeric address cannot be pointed elsewhere by a name server.
  const std::string suffix = fmt::format(":{}", access.port);
  if (!lower.ends_with(suffix)) return false;
  const std::string_view name = std::string_view(lower).substr(0, lower.size() - suffix.size());
  const bool dotted = !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
  return dotted || (name.starts_with('[') && name.ends_with(']'));
}

std::string cookie_value(std::string_view header) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view one = trim(header.substr(0, end));
    if (one.starts_with(kCookie)) return std::string(one.substr(kCookie.size()));
    if (end == std::string_view::npos) break;
    header.remove_prefix(end + 1);
  }
  return {};
}

std::optional<Refusal> from_another_site(const Credentials& given) {
  if (given.fetch_site != "cross-site" && given.fetch_site != "same-site") return std::nullopt;
  return Refusal{403, "the change was asked for by a page of another site"};
}

}  // namespace

std::string new_token() {
  std::random_device device;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", device());
  return token;
}

bool is_loopback(std::string_view host) {
  const std::string lower = lower_ascii(host);
  if (lower == "localhost" || lower == "::1") return true;
  return lower.starts_with("127.") && lower.find_first_not_of("0123456789.") == std::string::npos;
}

std::string in_url(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string(host) : fmt::format("[{}]", host);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < b.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a.empty() ? 0 : a[i % a.size()]) ^
                                        static_cast<unsigned char>(b[i]));
  return difference == 0;
}

bool has_token(const Access& access, const Credentials& given) {
  const bool by_cookie = equal_in_constant_time(cookie_value(given.cookie), access.token);
  std::string_view bearer = given.authorization;
  const bool is_bearer =
      bearer.size() >= kBearer.size() && lower_ascii(bearer.substr(0, kBearer.size())) == kBearer;
  bearer = is_bearer ? trim(bearer.substr(kBearer.size())) : std::string_view{};
  return equal_in_constant_time(bearer, access.token) || by_cookie;
}

std::optional<Refusal> wrong_place(const Access& access, const Credentials& given) {
  if (!is_ours(access, given.host)) {
    return Refusal{403, fmt::format("the request is meant for '{}', not for this server ({}:{})",
                                    printable(given.host, 80), in_url(access.host), access.port)};
  }
  if (!given.origin.empty()) {
    constexpr std::string_view kScheme = "http://";
    const bool ours =
        given.origin.starts_with(kScheme) && is_ours(access, given.origin.substr(kScheme.size()));
    if (!ours)
      return Refusal{403, fmt::format("the request comes from a page of '{}'", printable(given.origin, 80))};
  }
  return std::nullopt;
}

std::optional<Refusal> refusal_of_old_client(const Access& access, const Credentials& given) {
  if (auto wrong = wrong_place(access, given)) return wrong;
  return from_another_site(given);
}

std::optional<Refusal> refusal(const Access& access, const Credentials& given, bool changes) {
  if (auto wrong = wrong_place(access, given)) return wrong;
  if (has_token(access, given)) return changes ? from_another_site(given) : std::nullopt;
  const char* remedy = "Open the address that assay serve printed; it brings the token";
  if (changes) return Refusal{403, fmt::format("changing something needs the token. {}", remedy)};
  if (!access.loopback_only)
    return Refusal{401, fmt::format("this server can be reached from other machines, so reading needs the "
                                    "token. {}",
                                    remedy)};
  return std::nullopt;
}

}  // namespace assay::server
