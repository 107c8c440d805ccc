// How values that several documents have look in JSON.
#pragma once

#include <optional>

#include "base/json.h"
#include "stats/interval.h"

namespace assay::report {

/// [low, high]
inline OrderedJson interval_or_null(const std::optional<stats::Interval>& interval) {
  return interval ? OrderedJson::array({interval->low, interval->high}) : OrderedJson(nullptr);
}

}  // namespace assay::report
