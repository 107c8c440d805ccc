// When a request may be sent once more without harm, and when.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace assay::backend {

/// How long the first pause is that no server named; the second is twice, the third three times as long.
inline constexpr Nanos kRetryPause = std::chrono::seconds{1};

/// After an answer with this status. `tries`: requests sent so far. nullopt: not again. A server that says
/// 429 or 503 with Retry-After has done nothing yet and named its time (up to two minutes are waited); a 429
/// without it is asked again after 1, 2 and 3 times `pause`. Any other status may have done the work.
std::optional<Nanos> wait_after_status(int status, const std::optional<std::string>& retry_after, int tries,
                                       Nanos wall, Nanos pause = kRetryPause);
/// After a connection that was refused: nothing was sent. 1, 2 and 3 times `pause`.
std::optional<Nanos> wait_after_refusal(int tries, Nanos pause = kRetryPause);

/// The value of Retry-After: seconds, or a date of HTTP. nullopt: neither.
std::optional<Nanos> parse_retry_after(const std::string& value, Nanos wall);

}  // namespace assay::backend
