#include "record/attempt.h"

#include <fmt/format.h>

#include "base/json_members.h"

namespace assay::record {
namespace {

/// Sums of times that a hand in the store made must not overflow. 31 years.
constexpr std::int64_t kLongest = 1'000'000'000'000'000'000;

std::optional<Nanos> nanos_of(const Json& object, const char* name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_integer()) return std::nullopt;
  const auto value = at->get<std::int64_t>();
  if (value > kLongest || value < -kLongest) return std::nullopt;
  return Nanos{value};
}

Attempt attempt_from(const Json& object) {
  Attempt attempt;
  attempt.began = nanos_of(object, "began_ns").value_or(Nanos{0});
  attempt.sent = nanos_of(object, "sent_ns");
  attempt.ended = attempt.began + nanos_of(object, "took_ns").value_or(Nanos{0});
  attempt.pause = nanos_of(object, "paused_ns").value_or(Nanos{0});
  attempt.reason = text_of(object, "reason");
  attempt.detail = text_of(object, "detail");
  attempt.http_status = int_of(object, "http_status");
  const auto asked = object.find("retry_after");
  if (asked != object.end() && asked->is_string()) attempt.retry_after = asked->get<std::string>();
  return attempt;
}

}  // namespace

std::string cause_of(const Attempt& attempt) {
  const std::string reason = attempt.reason.empty() ? "unknown" : attempt.reason;
  return attempt.http_status ? fmt::format("{} {}", reason, *attempt.http_status) : reason;
}

OrderedJson to_json(const std::vector<Attempt>& attempts) {
  OrderedJson list = OrderedJson::array();
  for (const Attempt& one : attempts) {
    OrderedJson object;
    object["number"] = list.size() + 1;
    object["began_ns"] = one.began.count();
    object["sent_ns"] = one.sent ? OrderedJson(one.sent->count()) : OrderedJson(nullptr);
    object["took_ns"] = (one.ended - one.began).count();
    object["reason"] = one.reason;
    object["detail"] = one.detail;
    object["http_status"] = or_null(one.http_status);
    object["retry_after"] = or_null(one.retry_after);
    object["paused_ns"] = one.pause.count();
    list.push_back(std::move(object));
  }
  return list;
}

std::optional<std::vector<Attempt>> attempts_from(const Json& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<Attempt> attempts;
  for (const Json& one : list) {
    if (!one.is_object()) return std::nullopt;
    attempts.push_back(attempt_from(one));
  }
  return attempts;
}

}  // namespace assay::record
