// Who may ask.
#include "server/access.h"

#include <gtest/gtest.h>

namespace assay::server {
namespace {

const Access kLoopback{.token = "0123456789abcdef", .host = "127.0.0.1", .port = 8080, .loopback_only = true};
const Access kOpen{.token = "0123456789abcdef", .host = "192.168.1.20", .port = 8080, .loopback_only = false};

Credentials from(const std::string& host, const std::string& cookie = {}) {
  return {.host = host, .origin = {}, .cookie = cookie, .authorization = {}, .fetch_site = {}};
}
const char* const kCookie = "a=b; assay_token=0123456789abcdef";

TEST(Access, LoopbackReadsFreelyAndChangesWithTheToken) {
  EXPECT_FALSE(refusal(kLoopback, from("127.0.0.1:8080"), false));
  ASSERT_TRUE(refusal(kLoopback, from("127.0.0.1:8080"), true));
  EXPECT_EQ(refusal(kLoopback, from("127.0.0.1:8080"), true)->status, 403);
  EXPECT_FALSE(refusal(kLoopback, from("127.0.0.1:8080", kCookie), true));
}

TEST(Access, ElsewhereEverythingNeedsTheToken) {
  ASSERT_TRUE(refusal(kOpen, from("192.168.1.20:8080"), false));
  EXPECT_EQ(refusal(kOpen, from("192.168.1.20:8080"), false)->status, 401);
  EXPECT_FALSE(refusal(kOpen, from("192.168.1.20:8080", kCookie), false));
  EXPECT_TRUE(refusal(kOpen, from("localhost:8080", kCookie), false)) << "we are not bound to it";
}

TEST(Access, HostsThatAreNotOursAreTurnedAway) {
  for (const char* host : {"localhost:8080", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080"})
    EXPECT_FALSE(wrong_place(kLoopback, from(host))) << host;
  for (const char* host :
       {"", "evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8080.",
        "localhost:8080@evil.example", "127.0.0.1:8080 evil", "127.0.0.2:8080"})
    EXPECT_TRUE(wrong_place(kLoopback, from(host))) << host;
}

TEST(Access, BoundToAllAddressesOnlyNumbersAreOurs) {
  Access all = kOpen;
  all.host = "0.0.0.0";
  for (const char* host : {"192.168.1.20:8080", "10.0.0.1:8080", "[fe80::1]:8080", "localhost:8080"})
    EXPECT_FALSE(wrong_place(all, from(host, kCookie))) << host;
  EXPECT_TRUE(wrong_place(all, from("evil.example:8080", kCookie)));
}

TEST(Access, ForeignOriginsAreTurnedAwayWithTheToken) {
  Credentials given = from("localhost:8080", kCookie);
  for (const char* origin : {"http://evil.example", "null", "https://localhost:8080", "http://localhost",
                             "http://localhost:8080.evil.example", "file://"}) {
    given.origin = origin;
    EXPECT_TRUE(refusal(kLoopback, given, true)) << origin;
    EXPECT_TRUE(refusal(kLoopback, given, false)) << origin;
  }
  given.origin = "http://localhost:8080";
  EXPECT_FALSE(refusal(kLoopback, given, true));
  given.fetch_site = "same-site";  // another port of this machine
  EXPECT_TRUE(refusal(kLoopback, given, true));
}

TEST(Access, OldClientsNeedNoTokenAndPagesOfOthersGetNothing) {
  Credentials given = from("localhost:8080");
  EXPECT_FALSE(refusal_of_old_client(kLoopback, given));
  EXPECT_TRUE(refusal_of_old_client(kLoopback, from("evil.example:8080")));
  for (const char* origin : {"http://evil.example", "null", "http://localhost:5173"}) {
    given.origin = origin;
    EXPECT_TRUE(refusal_of_old_client(kLoopback, given)) << origin;
  }
  given.origin = "http://localhost:8080";
  given.fetch_site = "same-origin";
  EXPECT_FALSE(refusal_of_old_client(kLoopback, given));
  given.origin.clear();  // a browser that sends no Origin still says where the page is from
  for (const char* site : {"cross-site", "same-site"}) {
    given.fetch_site = site;
    EXPECT_TRUE(refusal_of_old_client(kLoopback, given)) << site;
  }
}

TEST(Access, TheTokenIsTakenWholeOrNotAtAll) {
  const auto has = [](const std::string& cookie, const std::string& authorization) {
    return has_token(
        kLoopback,
        {.host = {}, .origin = {}, .cookie = cookie, .authorization = authorization, .fetch_site = {}});
  };
  EXPECT_TRUE(has("assay_token=0123456789abcdef", ""));
  EXPECT_TRUE(has("x=1;assay_token=0123456789abcdef ; y=2", ""));
  EXPECT_TRUE(has("", "Bearer 0123456789abcdef"));
  EXPECT_TRUE(has("", "bearer  0123456789abcdef"));
  for (const char* cookie :
       {"", "assay_token=", "assay_token=0123456789abcde", "assay_token=0123456789abcdef0",
        "xassay_token=0123456789abcdef", "assay_token", "0123456789abcdef"})
    EXPECT_FALSE(has(cookie, "")) << cookie;
  EXPECT_FALSE(has("", "0123456789abcdef"));
  EXPECT_FALSE(has("", "Basic 0123456789abcdef"));
}

TEST(Access, TokensDiffer) {
  const std::string token = new_token();
  EXPECT_EQ(token.size(), 32U);
  EXPECT_NE(token, new_token());
}

}  // namespace
}  // namespace assay::server
