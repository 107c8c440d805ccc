// Times with units as people write them: "30s", "1.5 min", "250ms".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace assay {

/// Units ns, us, ms, s, min (or m), h. Absent when `text` is no non-negative number with one of them.
std::optional<Nanos> parse_duration(std::string_view text);
/// The shortest exact form with one unit: "30s", "1500ms", "250us".
std::string format_duration(Nanos value);
/// For people, about three digits: "1.3 s", "2 min 05 s", "450 ms".
std::string human_duration(Nanos value);

}  // namespace assay
