// The one sample that a route's path names.
#pragma once

#include <cstdint>
#include <memory>

#include "server/context.h"
#include "server/message.h"

namespace assay::server {

/// Greatest number of a sample in its run.
inline constexpr std::uint64_t kMostSequence = 0xffffffffU;

struct NamedSample {
  std::shared_ptr<const Opened::Run> run;
  std::uint64_t sequence = 0;
};

/// Of a route whose first two parts are {id} and {sequence}. Errors: not_found for the run, bad_input.
Result<NamedSample> named_sample(Context& context, const Asked& asked);

/// Hands it over with its verdict in the newest grading. Errors: not_found when the run has none of that
/// number.
Result<void> read_sample(Context& context, const NamedSample& named, const store::GradedSink& sink);

}  // namespace assay::server
