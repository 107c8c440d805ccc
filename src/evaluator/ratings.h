// What people say of the answers of a run. Read from files where runs are found (cli/), so that grading knows
// neither.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/value.h"

namespace assay::evaluator {

/// What one person says of one answer.
struct Rating {
  std::string rater;
  double score = 0;     ///< 0..1; "pass" is 1, "fail" is 0
  std::string comment;  ///< may be empty
  std::string time;     ///< as the file has it; may be empty
  std::string check{};  ///< which `human` check is meant (name_for_raters); empty: all of the case
  bool operator==(const Rating&) const = default;
};

/// By the sample's sequence in its run; each rater at most once for a sample and check.
using Ratings = std::map<std::uint64_t, std::vector<Rating>>;

/// What raters call a check: its metric, else what it asks, else "human".
std::string name_for_raters(std::string_view metric, const record::Value* asked);

}  // namespace assay::evaluator
