// Token timelines as few bytes: about three to four per token instead of sixteen.
//
// Format 1. A varint is LEB128: seven bits per byte, low bits first, top bit set on all but the last byte, at
// most ten bytes, and no longer than needed.
//
//   empty                  no token events
//   byte    version        1
//   varint  n              number of events, at least 1
//   spans until n events have been told; neighbours differ in kind or count:
//     varint  length       events in this span, at least 1
//     byte    kind         0 answer, 1 reasoning, 2 tool
//     varint  count        tokens in each event of the span
//     varint  step         length times: zigzag(time - time of the event before), in nanoseconds; the first
//     counts
//                          from 0, the run's start
//
// zigzag maps 0, -1, 1, -2 … to 0, 1, 2, 3 …, so that a clock that goes back (a lying engine) is kept as it
// was told. Differences wrap modulo 2^64: every timeline survives the round trip exactly. Kind and count
// stand once per span because they hardly change: a worker sends one token per event, a reasoning model
// changes its kind twice. Cost: a step of up to 1.05 ms takes 3 bytes, up to 134 ms 4 bytes, up to 17 s 5
// bytes.
//
// Not done: differences of differences (saves up to one byte per token on a steady engine, costs one on a
// restless one); a general compressor (a dependency, and 20 us per sample on the hot path).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/sample.h"

namespace assay::store {

/// Format 1 above. Empty for no events.
std::string encode_timeline(const std::vector<record::TokenEvent>& events);

/// The inverse. Safe on hostile bytes: memory is at most 16 bytes per byte given. Exactly the texts that
/// encode_timeline() makes are accepted. Errors: bad_input with the byte offset.
Result<std::vector<record::TokenEvent>> decode_timeline(std::string_view bytes);

}  // namespace assay::store
