// A speed test as an ordinary request: what the chat template, text and a server add to the bare engine.
#pragma once

#include <atomic>
#include <cstdint>

#include "backend/backend.h"
#include "base/clock.h"
#include "base/result.h"
#include "record/bench.h"

namespace assay::speed {

/// Asks for an answer of generate + 1 tokens to a prompt of about `prompt` tokens of random words. The first
/// token comes from the prompt's scores, so what follows are `generate` decode steps, as in the bare test.
/// The number of prompt tokens that the engine counted is told; words are calibrated to be near the wish.
/// Errors: those of the engine; engine when the answer ended after one token; timeout when `stop` was set.
Result<record::BenchRepetition> ask(backend::Backend& backend, const record::BenchTest& test,
                                    std::uint64_t seed, Clock& clock, const std::atomic<bool>& stop);

}  // namespace assay::speed
