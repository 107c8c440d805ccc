// Who may ask: token, cookie, Host and Origin. Pure, so that every way round it can be tried in a test.
//
//   loopback    reading needs nothing; changing needs the token, because any page in the browser can send a
//               request here
//   elsewhere   everything needs the token
//   Host        must be an address that we are bound to, or localhost: a name that somebody else lets point
//   to
//               127.0.0.1 (DNS rebinding) is turned away
//   old clients the route of Benchy's clients (ServerOptions::benchy_route) needs no token, so a browser may
//   not
//               send a request there for anybody but our own page
//   Origin      when sent, must be our own: another site's page is turned away before its cookies count
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::server {

struct Access {
  std::string token;          ///< 32 hexadecimal digits
  std::string host;           ///< that we are bound to
  int port = 0;               ///< the same
  bool loopback_only = true;  ///< bound to loopback
};

/// 128 random bits of the system.
std::string new_token();
/// Whether only this machine can reach the address: 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view host);
/// For an address in a URL: IPv6 in brackets.
std::string in_url(std::string_view host);

struct Credentials {
  std::string host;           ///< header Host
  std::string origin;         ///< header Origin; empty: none
  std::string cookie;         ///< header Cookie
  std::string authorization;  ///< header Authorization
  std::string fetch_site;     ///< header Sec-Fetch-Site; empty: none
};

/// Whether the token came, as the cookie `assay_token` or as a bearer. Takes the same time for every guess.
bool has_token(const Access& access, const Credentials& given);
/// Absent: go on. Else the status (401, 403) and why.
struct Refusal {
  int status = 403;
  std::string why;
};
std::optional<Refusal> refusal(const Access& access, const Credentials& given, bool changes);
/// What holds for the route of Benchy's clients: no token, and no page but our own.
std::optional<Refusal> refusal_of_old_client(const Access& access, const Credentials& given);
/// Only Host and Origin: what also holds for the address that brings the token.
std::optional<Refusal> wrong_place(const Access& access, const Credentials& given);

/// `a == b` in a time that does not tell where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace assay::server
