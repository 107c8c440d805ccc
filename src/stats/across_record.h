// What a stored verdict keeps of the pipelines that end across the repeats of a case (first-k, majority). A
// store may have been damaged or written by hand, so nothing of it is taken on trust. Internal to stats/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/verdict.h"

namespace assay::stats {

/// Which answers to a case count together, and how.
struct AcrossRule {
  std::uint32_t first = 0;  ///< 0: all
  bool majority = false;
  bool operator==(const AcrossRule&) const = default;
};

/// One such pipeline of one verdict.
struct AcrossRecord {
  std::string pipeline;
  bool readable = true;  ///< false: what is below is not what an evaluator wrote, and counts for nothing
  AcrossRule rule;
  std::optional<std::string> text;  ///< what the pipeline gave
  /// In `verdict.assertions`: the checks that spoke of the text. Where the record cannot be read: every check
  /// of that pipeline.
  std::vector<std::size_t> places;
};

/// In the order of the pipelines' names.
std::vector<AcrossRecord> across_records(const record::Verdict& verdict);

}  // namespace assay::stats
