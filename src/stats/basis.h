// What a model's prefill time is measured from.
#pragma once

#include "record/metrics.h"
#include "record/run.h"

namespace assay::stats {

/// A worker stamps `accepted` when prefill begins. A model behind an address is asked over HTTP, where the
/// rate needs the latency of an empty request; runs do not store one yet, so such a model has no prefill rate
/// rather than a wrong one.
inline record::PrefillBasis prefill_basis(const record::ModelRecord& model) {
  return {.base_latency = {}, .known = model.spec.url.empty()};
}

}  // namespace assay::stats
