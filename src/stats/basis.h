// What a model's prefill time is measured from.
#pragma once

#include "record/metrics.h"
#include "record/run.h"

namespace assay::stats {

/// A worker stamps `accepted` when prefill begins. A server sends its headers when it likes, so its prefill
/// time counts from the sending, less what an empty request costs; where that was not measured, the model has
/// no prefill rate rather than a wrong one.
inline record::PrefillBasis prefill_basis(const record::ModelRecord& model) {
  if (!model.over_http && model.spec.url.empty()) return {};
  return {.base_latency = model.base_latency, .known = model.base_latency.has_value()};
}

}  // namespace assay::stats
