// A request that failed without harm and was sent once more. It stays with the sample that came in the end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace assay::record {

/// One earlier try of a trial. Kept for people; no figure of speed or latency is computed from it.
struct Attempt {
  Nanos began{0};               ///< since the run's start, connecting included
  std::optional<Nanos> sent{};  ///< absent: nothing of the request left
  Nanos ended{0};               ///< since the run's start: when it was known that it failed
  Nanos pause{0};               ///< waited before the next one; 0: not at all
  std::string reason{};         ///< a reason word: transport, http, stalled, server_exit
  std::string detail{};         ///< a sentence for people
  std::optional<int> http_status{};
  std::optional<std::string> retry_after{};  ///< as the server wrote it
  bool operator==(const Attempt&) const = default;
};

/// "http 429", "transport": what attempts are counted by.
std::string cause_of(const Attempt& attempt);

/// [{"number" from 1, "began_ns", "sent_ns", "took_ns", "reason", "detail", "http_status", "retry_after",
/// "paused_ns"}, …]; null where absent.
OrderedJson to_json(const std::vector<Attempt>& attempts);
/// The inverse. A member of another kind is absent, a time 0. nullopt: no list of objects.
std::optional<std::vector<Attempt>> attempts_from(const Json& list);

}  // namespace assay::record
