#include "backend/retry.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/text.h"

namespace assay::backend {
namespace {

constexpr int kMostTries = 4;
constexpr auto kLongestWait = std::chrono::minutes{2};

}  // namespace

std::optional<Nanos> parse_retry_after(const std::string& value, Nanos wall) {
  const std::string_view text = trim(value);
  long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size() && seconds >= 0)
    return std::chrono::seconds{std::min(seconds, 1'000'000L)};
  std::tm date{};
  if (::strptime(std::string(text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr)
    return std::nullopt;
  const Nanos at = std::chrono::seconds{::timegm(&date)};
  return std::max(at - wall, Nanos{0});
}

std::optional<Nanos> wait_after_status(int status, const std::optional<std::string>& retry_after, int tries,
                                       Nanos wall, Nanos pause) {
  if ((status != 429 && status != 503) || tries >= kMostTries) return std::nullopt;
  if (retry_after) {
    const auto wait = parse_retry_after(*retry_after, wall);
    if (wait && *wait > kLongestWait) return std::nullopt;
    if (wait) return wait;
  }
  if (status != 429) return std::nullopt;
  return tries * pause;
}

std::optional<Nanos> wait_after_refusal(int tries, Nanos pause) {
  if (tries >= kMostTries) return std::nullopt;
  return tries * pause;
}

}  // namespace assay::backend
